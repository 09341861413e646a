// Harm prevented: a server that lets requests through unpaid, or takes money for nothing, while Redis or Postgres is away.
import { Redis } from "ioredis";
import { request } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cable, startCable } from "@/server/dev/cable";
import { type RedisServer, startRedisServer } from "@/server/dev/redis-server";
import { recordFigures } from "./figures";
import { type Customer, type Ground, MODEL, QUESTION, startGround, USD, until } from "./ground";

const STREAMS = 6;
const OUTPUT_TOKENS = 120;

let ground: Ground;
let redisServer: RedisServer;
let redis: Redis;
let redisCable: Cable;
let postgresCable: Cable | undefined;
beforeAll(async () => {
  redisServer = await startRedisServer();
  redis = new Redis(redisServer.url);
  redisCable = await startCable(redisServer.url);
  ground = await startGround({
    simulator: { outputTokens: OUTPUT_TOKENS, tokenIntervalMs: 50 },
    env: { REDIS_URL: redisCable.url },
    async throughDatabase(url) {
      postgresCable = await startCable(url);
      return postgresCable.url;
    },
  });
});
afterAll(async () => {
  await ground.stop();
  await Promise.all([redisCable.close(), postgresCable?.close()]);
  redis.disconnect();
  await redisServer.stop();
});
afterEach(() => pull("none", redisCable, postgresCable));

/** How long Postgres takes for every answer while it hangs: whoever hears sooner was not kept waiting for it. */
const HANGS_MS = 10_000;

function pull(kind: "none" | "refused", ...cables: (Cable | undefined)[]): void {
  for (const cable of cables) cable?.set({ kind });
}

/** A small request, and how it was answered. */
async function ask({ apiKey }: Customer) {
  const body = { model: MODEL, messages: QUESTION, max_tokens: 16 };
  const answer = await request(`${ground.stack.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = (await answer.body.json()) as { error?: { code: string } };
  return {
    status: answer.statusCode,
    code: json.error?.code ?? null,
    retryAfter: Number(answer.headers["retry-after"] ?? Number.NaN),
  };
}

/** Streams that have begun. `end` waits for all of them: the tokens and the cost that each client saw. */
async function startStreams(customer: Customer) {
  let begun = 0;
  const streams = Array.from({ length: STREAMS }, async () => {
    const stream = await customer.client().chat.completions.create({
      model: MODEL,
      messages: QUESTION,
      stream: true,
      max_tokens: 2 * OUTPUT_TOKENS,
      stream_options: { include_usage: true },
    });
    let [tokens, cost] = [0, Number.NaN];
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content && tokens++ === 0) begun += 1;
      if (chunk.usage) cost = (chunk.usage as unknown as { cost: number }).cost;
    }
    return { tokens, cost };
  });
  await until(() => begun === STREAMS);
  return { end: () => Promise.all(streams) };
}

/** Requests under way of which it is written down that their input has to be paid. */
async function countCheckpoints({ organizationId }: Customer): Promise<number> {
  const { rowCount } = await ground.database.pool.query(
    "SELECT 1 FROM intent WHERE organization_id = $1 AND state = 'started' AND checkpoint > 0",
    [organizationId],
  );
  return rowCount ?? 0;
}

/** Every client saw its stream to the end, with the tokens and what they cost. */
function expectWhole(ends: readonly { tokens: number; cost: number }[]): number {
  for (const { tokens, cost } of ends) {
    expect(tokens).toBe(OUTPUT_TOKENS);
    expect(cost).toBeGreaterThan(0);
  }
  return ends.reduce((sum, { cost }) => sum + cost, 0);
}

const refused = { status: 503, code: "service_unavailable" };

describe("MONEY 4.7, the production build", () => {
  it("Redis away: requests go on, one by one; a revoked key is refused on its next request", async (context) => {
    const [customer, revoked] = [ground.customer(USD), ground.customer(USD)];
    expect(await ask(revoked)).toMatchObject({ status: 200 });
    const streams = await startStreams(customer);
    pull("refused", redisCable);
    for (let turn = 0; turn < 3; turn += 1) expect(await ask(customer)).toMatchObject({ status: 200 });
    expect(await ask(revoked)).toMatchObject({ status: 200 });
    const revoke = "UPDATE api_key SET status = 'revoked' WHERE organization_id = $1";
    await ground.database.pool.query(revoke, [revoked.organizationId]);
    expect(await ask(revoked)).toMatchObject({ status: 401, code: "invalid_api_key" });
    expectWhole(await streams.end());
    pull("none", redisCable);
    // The client of Redis comes back by itself, after two seconds at the most.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await ask(customer)).toMatchObject({ status: 200 });
    expect(await ask(revoked)).toMatchObject({ status: 401 });
    await ground.settled(customer.organizationId);
    const audit = await ground.audit(customer);
    expect(audit.requests).toBe(STREAMS + 4);
    recordFigures(context, {
      ...audit,
      name: "T6 Redis away, whole server",
      injected: 1,
      note: "served on the strict path",
    });
  });

  it("Postgres away: 503 and no provider is called; streams under way end whole, and are settled when it is back", async (context) => {
    const customer = ground.customer(USD);
    expect(await ask(customer)).toMatchObject({ status: 200 });
    const streams = await startStreams(customer);
    const asked = ground.stack.simulator.requests().length;
    pull("refused", postgresCable);
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await ask(customer);
      expect(answer).toMatchObject(refused);
      expect(answer.retryAfter).toBeGreaterThanOrEqual(1);
    }
    expect(ground.stack.simulator.requests()).toHaveLength(asked);
    const seen = expectWhole(await streams.end());
    await until(async () => (await redis.hlen("dtk:out")) === STREAMS);
    pull("none", postgresCable);
    await ground.settled(customer.organizationId);
    await until(async () => (await redis.hlen("dtk:out")) === 0);
    const rows = await ground.logRows(customer.organizationId);
    const streamed = rows.filter(({ output_tokens }) => output_tokens === OUTPUT_TOKENS);
    expect(streamed).toHaveLength(STREAMS);
    expect(streamed.reduce((sum, { cost }) => sum + Number(cost), 0) / 1e9).toBeCloseTo(seen, 9);
    const audit = await ground.audit(customer);
    expect(audit.requests).toBe(STREAMS + 1);
    const note = "settlements waited in the outbox, and cost what the clients saw";
    recordFigures(context, { ...audit, name: "T5 Postgres away, whole server", injected: 1, note });
  });

  it("Postgres hangs, ten seconds for every answer: the 503 comes while it does, and nothing stays reserved", async (context) => {
    const customer = ground.customer(USD);
    expect(await ask(customer)).toMatchObject({ status: 200 });
    const asked = ground.stack.simulator.requests().length;
    postgresCable?.set({ kind: "slow", ms: HANGS_MS });
    const beganMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(customer)));
    const toldAfterMs = Math.round(performance.now() - beganMs);
    for (const answer of answers) expect(answer).toMatchObject(refused);
    expect(toldAfterMs).toBeLessThan(HANGS_MS);
    expect(ground.stack.simulator.requests()).toHaveLength(asked);
    pull("none", postgresCable);
    await until(async () => (await ask(customer)).status === 200);
    // What was written, and nobody heard of, ends at nothing: by who asked, or by the sweeper.
    await ground.expireAndSweep();
    await ground.settled(customer.organizationId);
    const { reservedNanoUsd } = await ground.balance(customer.organizationId);
    expect(reservedNanoUsd).toBe(0n);
    const audit = await ground.audit(customer);
    const note = `twenty 503 after ${toldAfterMs} ms; no provider was called`;
    recordFigures(context, { ...audit, name: "T5 Postgres hangs, whole server", injected: 1, note });
  });

  it("Postgres hangs while a server starts: it waits, and serves when Postgres is back", async (context) => {
    const customer = ground.customer(USD);
    postgresCable?.set({ kind: "slow", ms: HANGS_MS });
    const restarted = ground.stack.restart();
    await until(() => ground.stack.log().includes("the catalogue cannot be read yet"));
    pull("none", postgresCable);
    await restarted;
    expect(await ask(customer)).toMatchObject({ status: 200 });
    await ground.settled(customer.organizationId);
    const audit = await ground.audit(customer);
    recordFigures(context, { ...audit, name: "T5 Postgres hangs at a start, whole server", injected: 1 });
  });

  it("both away, and the process dies: 503; what was under way is charged at its checkpoint", async (context) => {
    const customer = ground.customer(USD);
    const streams = await startStreams(customer);
    await until(async () => (await countCheckpoints(customer)) === STREAMS);
    pull("refused", redisCable, postgresCable);
    const asked = ground.stack.simulator.requests().length;
    for (let turn = 0; turn < 5; turn += 1) expect(await ask(customer)).toMatchObject(refused);
    expect(ground.stack.simulator.requests()).toHaveLength(asked);
    const seen = expectWhole(await streams.end());
    await ground.stack.kill("SIGKILL");
    pull("none", redisCable, postgresCable);
    // What is left there of an outage before this one is another customer's.
    const queued = await redis.hvals("dtk:out");
    expect(queued.filter((settlement) => settlement.includes(customer.organizationId))).toEqual([]);
    await ground.stack.restart();
    expect(await ground.expireAndSweep()).toBe(STREAMS);
    expect(await ask(customer)).toMatchObject({ status: 200 });
    await ground.settled(customer.organizationId);
    const rows = await ground.logRows(customer.organizationId);
    const expired = rows.filter(({ state }) => state === "expired");
    expect(expired).toHaveLength(STREAMS);
    const charged = expired.reduce((sum, { cost }) => sum + Number(cost), 0) / 1e9;
    expect(charged).toBeGreaterThan(0);
    expect(charged).toBeLessThanOrEqual(seen);
    const audit = await ground.audit(customer);
    const note = `${STREAMS} streams charged at their checkpoint, ${Math.round((100 * charged) / seen)} % of what they had cost`;
    recordFigures(context, { ...audit, name: "T7 both away, whole server", injected: 2, note });
  });
});
