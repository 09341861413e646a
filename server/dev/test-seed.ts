/** The seed of a property test: TEST_SEED to repeat a run, else a new one. Printed, so that a red run can be repeated. */
export function testSeed(name: string): number {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`${name}: TEST_SEED=${seed}\n`);
  return seed;
}
