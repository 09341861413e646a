import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/**
 * `npm run faults`: the long form of the fault suite. `-- --part WORD` runs the files that have the word in their path, and puts
 * their rows into the table in place of the old ones: the whole of it in pieces. `-- --seeds N` runs the simulator alone, with N
 * seeds; `-- --seed S` replays one run of it. `npm run scenarios`: the long form of the routing scenarios alone.
 */
const { values } = parseArgs({
  options: {
    part: { type: "string" },
    seeds: { type: "string" },
    seed: { type: "string" },
    scenarios: { type: "boolean" },
  },
});
const isSeeded = values.seeds !== undefined || values.seed !== undefined;
const only = values.scenarios
  ? "e2e/faults/routing.test.ts"
  : isSeeded
    ? "e2e/faults/protocol/simulator"
    : values.part;
const { status } = spawnSync(
  "npx",
  [
    ...["--no-install", "vitest", "run", "--config", "e2e/faults/vitest.config.ts"],
    ...(only === undefined ? [] : [only]),
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      // Seeds that somebody chose are for looking at: a run of them prints its figures only, and so do the scenarios.
      ...(only === undefined || only === values.part ? { FAULTS_LONG: "1" } : {}),
      ...(values.part === undefined ? {} : { FAULTS_PART: values.part }),
      ...(isSeeded ? {} : { SCENARIOS_LONG: "1" }),
      ...(values.seeds === undefined ? {} : { FAULTS_SEEDS: values.seeds }),
      ...(values.seed === undefined ? {} : { FAULTS_SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
