// Harm prevented: a thousand requests at once on the last of a balance, and more is spent than there was.
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordFigures, size } from "./figures";
import { type Ground, MODEL, startGround, USD } from "./ground";

const CALLERS = size("CALLERS", 1_000, 1_000);
const ROUNDS = size("ROUNDS", 1, 5);
/** Requests that the balance carries. */
const CARRIED = 80n;
const OUTPUT_TOKENS = 1_000;

let ground: Ground;
beforeAll(async () => {
  ground = await startGround({ simulator: { outputTokens: OUTPUT_TOKENS, firstTokenMs: 200 } });
});
afterAll(() => ground.stop());

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly durationMs: number;
}

/** All callers at once. @param base of the API that is called, `/v1` included */
async function race(agent: Agent, base: string, apiKey: string): Promise<Answer[]> {
  const body = JSON.stringify({
    model: MODEL,
    messages: [{ role: "user", content: "Spend." }],
    max_tokens: OUTPUT_TOKENS,
  });
  const one = async (): Promise<Answer> => {
    const startedAt = performance.now();
    const answer = await request(`${base}/chat/completions`, {
      method: "POST",
      dispatcher: agent,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body,
    });
    const json = (await answer.body.json()) as { error?: { code: string } };
    return {
      status: answer.statusCode,
      code: json.error?.code ?? null,
      durationMs: performance.now() - startedAt,
    };
  };
  return Promise.all(Array.from({ length: CALLERS }, one));
}

async function costOfOne(): Promise<bigint> {
  const customer = ground.customer(USD);
  await customer.client().chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: "Spend." }],
    max_tokens: OUTPUT_TOKENS,
  });
  await ground.settled(customer.organizationId);
  return (await ground.audit(customer)).spentNanoUsd;
}

const percentile = (sorted: readonly number[], share: number) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);

it("T12: a thousand callers for the last dollar: never over it, nearly all of it used, a 402 for everybody else", async (context) => {
  // What one request costs: its prompt of some tokens, and every output token that it may use.
  const agent = new Agent({ pipelining: 1 });
  const cost = await costOfOne();
  // The callers, and the provider behind the gateway, share this process: they are warm. The gateway has served one request.
  await race(agent, ground.stack.simulator.baseUrl, "any");
  const total = { requests: 0, lost: 0, doubled: 0, overspentNanoUsd: 0n };
  const refusedAfterMs: number[] = [];
  const used: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const customer = ground.customer(cost * CARRIED);
    const answers = await race(agent, `${ground.stack.url}/v1`, customer.apiKey);
    await ground.settled(customer.organizationId);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(["402 insufficient_balance"]),
    );
    const audit = await ground.audit(customer);
    expect(audit.requests).toBe(answers.length - refused.length);
    expect(audit.spentNanoUsd).toBeLessThanOrEqual(customer.creditNanoUsd);
    used.push(Number((audit.spentNanoUsd * 10_000n) / customer.creditNanoUsd) / 100);
    expect(used.at(-1)).toBeGreaterThanOrEqual(95);
    refusedAfterMs.push(...refused.map(({ durationMs }) => durationMs));
    total.requests += answers.length;
  }
  await agent.close();
  refusedAfterMs.sort((a, b) => a - b);
  const times = [0.5, 0.99, 1].map((share) => percentile(refusedAfterMs, share));
  recordFigures(context, {
    name: "T12 last dollar",
    injected: ROUNDS * CALLERS - ROUNDS * Number(CARRIED),
    ...total,
    note: `${Math.min(...used)} % of the balance used at least; a 402 after p50 ${times[0]}, p99 ${times[1]}, max ${times[2]} ms`,
  });
});
