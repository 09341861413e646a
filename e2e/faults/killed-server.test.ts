// Harm prevented: a server that dies while it streams takes money with it, or leaves it to be charged twice.
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordFigures, size } from "./figures";
import { type Customer, type Ground, MODEL, QUESTION, startGround, USD } from "./ground";

const KILLS = size("KILLS", 10, 50);
const STREAMS = 12;
const OUTPUT_TOKENS = 80;
/** Seeded, so that a run can be repeated. */
const SEED = size("SEED", 1, 1);

let ground: Ground;
beforeAll(async () => {
  ground = await startGround({ simulator: { outputTokens: OUTPUT_TOKENS, tokenIntervalMs: 8 } });
});
afterAll(() => ground.stop());

/** How a client saw a stream: to its end with the cost, or cut. Null: it was never answered. */
interface Seen {
  readonly id: string;
  readonly tokens: number;
  readonly cost: number | null;
}

async function stream(customer: Customer): Promise<Seen | null> {
  let id = "";
  let tokens = 0;
  let cost: number | null = null;
  try {
    const { data, response } = await customer
      .client()
      .chat.completions.create({
        model: MODEL,
        messages: QUESTION,
        stream: true,
        max_tokens: 2 * OUTPUT_TOKENS,
        stream_options: { include_usage: true },
      })
      .withResponse();
    id = response.headers.get("x-generation-id") ?? "";
    for await (const chunk of data) {
      if (chunk.choices[0]?.delta.content) tokens += 1;
      if (chunk.usage) cost = (chunk.usage as unknown as { cost: number }).cost;
    }
  } catch {
    // The connection broke, or there was no server: what the books say of it is what counts.
  }
  return id === "" ? null : { id, tokens, cost };
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

it("T2: SIGKILL while streams run: after restart and sweep nothing is lost, nothing is double", async (context) => {
  const customer = ground.customer(5n * USD);
  const next = random(SEED);
  const seen: Seen[] = [];
  let requests = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const streams = Array.from({ length: STREAMS }, async () => {
      // Not all at once, so that a kill meets requests at every step.
      await new Promise((resolve) => setTimeout(resolve, next() * 600));
      return stream(customer);
    });
    requests += STREAMS;
    await new Promise((resolve) => setTimeout(resolve, 100 + next() * 1_100));
    await ground.stack.kill("SIGKILL");
    for (const one of await Promise.all(streams)) if (one) seen.push(one);
    await ground.stack.restart();
  }
  const cut = await ground.expireAndSweep();
  expect(cut).toBeGreaterThan(0);
  // The restarted server goes on with the same books.
  expect((await stream(customer))?.cost).toBeGreaterThan(0);
  await ground.settled(customer.organizationId);

  const audit = await ground.audit(customer);
  const rows = new Map((await ground.logRows(customer.organizationId)).map((row) => [row.id, row]));
  const unknown = seen.filter(({ id }) => !rows.has(id));
  expect(unknown).toEqual([]);
  for (const { id, cost } of seen) {
    const row = rows.get(id);
    // Who saw a cost is charged it; if the process died before it was written down, the checkpoint and never more.
    if (cost !== null && row?.state === "settled") expect(Number(row.cost) / 1e9).toBe(cost);
    if (cost !== null && row?.state === "expired") expect(Number(row.cost) / 1e9).toBeLessThanOrEqual(cost);
    // Nobody pays for more than the provider said.
    expect(row?.output_tokens ?? 0).toBeLessThanOrEqual(OUTPUT_TOKENS);
  }
  const delivered = seen.filter(({ cost }) => cost === null).reduce((sum, { tokens }) => sum + tokens, 0);
  recordFigures(context, {
    name: "T2 SIGKILL in mid-stream",
    injected: KILLS,
    ...audit,
    requests,
    note: `${audit.requests} reached a provider, ${cut} of them cut and charged at their checkpoint by ten sweepers at once (T18); ${delivered} tokens had been delivered in cut streams`,
  });
});
