// Harm prevented: a budget, a rate limit or a call's own limit that does not hold, and a retry that is charged twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type BudgetTerms, createBudget, setRateLimits } from "@/server/budgets";
import { systemClock } from "@/server/platform/clock";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const chat = { model: "test/single", messages: [{ role: "user" as const, content: "Hello" }] };

describe.each(["node", "web"] as AdapterName[])("limits behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  let blind: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter);
    blind = await startGatewayFixture(adapter, { countersAway: true });
  });
  afterAll(async () => {
    await fixture.close();
    await blind.close();
  });
  beforeEach(() => fixture.simulator.reset());

  const post = (secret: string, body: unknown, headers: Record<string, string> = {}) =>
    fixture.fetch(`${fixture.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const errorOf = async (response: Response) =>
    (await response.json()) as {
      error: { code: string; param: string | null; metadata: Record<string, unknown> };
    };
  const budget = (organizationId: string, amountNanoUsd: bigint, others: Partial<BudgetTerms> = {}) =>
    fixture.database.db.transaction((tx) =>
      createBudget(tx, systemClock, {
        organizationId,
        by: SYSTEM_ACTOR,
        memberId: null,
        terms: {
          scope: "organization",
          scopeId: organizationId,
          window: "month",
          isRolling: false,
          isHard: true,
          thresholds: [100],
          amountNanoUsd,
          ...others,
        },
      }),
    );
  const spentBy = async (organizationId: string) => {
    await fixture.settled();
    return USD - (await fixture.balance(organizationId)).totalNanoUsd;
  };

  it("prevents a hard budget from being passed: 403 names it, what it could carry, and that a retry is useless", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    await budget(organizationId, USD / 100n);
    const refused = await post(secret, { ...chat, max_tokens: 4_096, n: 8 });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-should-retry")).toBe("false");
    const { error } = await errorOf(refused);
    expect(error).toMatchObject({
      code: "budget_exceeded",
      param: "max_tokens",
      metadata: { scope: "organization", window: "month", limit: 0.01, spent: 0, reserved: 0 },
    });
    expect(String(error.metadata.resets_at)).toMatch(/^\d{4}-\d\d-01T00:00:00.000Z$/);
    const affordable = Number(error.metadata.affordable_max_tokens);
    expect((await post(secret, { ...chat, max_tokens: affordable, n: 8 })).status).toBe(200);
    await fixture.settled();
    // Without a named limit the output is cut to what the budget carries.
    const cut = await post(secret, { ...chat, n: 8 });
    expect(cut.status).toBe(200);
    expect(Number(cut.headers.get("x-gateway-max-tokens"))).toBeGreaterThanOrEqual(256);
    expect(await spentBy(organizationId)).toBeLessThanOrEqual(USD / 100n);
    expect(await fixture.violations()).toEqual([]);
  });

  it("prevents a key from guessing what it may spend: /key tells the hard budget of its own with the least left", async () => {
    const { secret, organizationId, keyId } = await fixture.customer(USD);
    const keyLimit = async () => {
      const headers = { authorization: `Bearer ${secret}` };
      const { data } = (await (await fixture.fetch(`${fixture.baseUrl}/key`, { headers })).json()) as {
        data: Record<string, unknown>;
      };
      return { limit: data.limit, limit_remaining: data.limit_remaining, limit_reset: data.limit_reset };
    };
    const none = { limit: null, limit_remaining: null, limit_reset: null };
    await budget(organizationId, USD / 100n);
    expect(await keyLimit()).toEqual(none);
    const own = { scope: "key", scopeId: keyId } as const;
    await budget(organizationId, USD / 100n, { ...own, isHard: false });
    expect(await keyLimit()).toEqual(none);
    await budget(organizationId, USD / 2n, own);
    expect(await keyLimit()).toEqual({ limit: 0.5, limit_remaining: 0.5, limit_reset: "monthly" });
    await budget(organizationId, USD / 4n, { ...own, window: "day", isRolling: true });
    expect((await post(secret, { ...chat, max_tokens: 50 })).status).toBe(200);
    const spent = Number(await spentBy(organizationId)) / 1e9;
    expect(spent).toBeGreaterThan(0);
    expect(await keyLimit()).toEqual({ limit: 0.25, limit_remaining: 0.25 - spent, limit_reset: null });
  });

  it("prevents a call from costing more than it says it may", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    for (const wrong of [0, -1, "1", 1e308, [], true]) {
      const refused = await post(secret, { ...chat, max_cost_usd: wrong });
      expect(refused.status).toBe(400);
      expect((await errorOf(refused)).error).toMatchObject({
        code: "invalid_request",
        param: "max_cost_usd",
      });
    }
    const cut = await post(secret, { ...chat, max_cost_usd: 0.001 });
    expect(cut.status).toBe(200);
    expect(Number(cut.headers.get("x-gateway-max-tokens"))).toBeLessThanOrEqual(625);
    const [sent] = fixture.simulator.requests();
    expect(JSON.stringify(sent)).not.toContain("max_cost_usd");
    const refused = await post(secret, { ...chat, max_tokens: 4_000, max_cost_usd: 0.001 });
    expect(refused.status).toBe(403);
    const { error } = await errorOf(refused);
    expect(error).toMatchObject({ code: "budget_exceeded", metadata: { scope: "request" } });
    expect(Number(error.metadata.affordable_max_tokens)).toBeGreaterThan(500);
    expect(await spentBy(organizationId)).toBeLessThanOrEqual(USD / 1_000n);
  });

  it("says them too when there are no counters: what Postgres knows of the last minute", async () => {
    const { secret, organizationId, keyId } = await blind.customer(USD);
    const ask = (body: object = chat) =>
      blind.fetch(`${blind.baseUrl}/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const left = (response: Response, what: string) =>
      Number(response.headers.get(`x-ratelimit-remaining-${what}`));
    const first = await ask();
    expect(first.status).toBe(200);
    await first.arrayBuffer();
    await blind.settled();
    // Nobody has named a limit: the platform's own count.
    const usual = Number(first.headers.get("x-ratelimit-limit-requests"));
    expect(usual).toBeGreaterThan(0);
    expect(left(first, "requests")).toBe(usual - 1);
    expect(left(first, "tokens")).toBeLessThan(Number(first.headers.get("x-ratelimit-limit-tokens")));
    await blind.database.db.transaction((tx) =>
      setRateLimits(tx, systemClock, {
        organizationId,
        keyId,
        by: SYSTEM_ACTOR,
        terms: { requestsPerMinute: 2, tokensPerMinute: 100_000, maxConcurrent: null },
      }),
    );
    const second = await ask();
    expect(second.status).toBe(200);
    await second.arrayBuffer();
    expect(second.headers.get("x-ratelimit-limit-requests")).toBe("2");
    expect(left(second, "requests")).toBe(0);
    expect(second.headers.get("x-ratelimit-reset-requests")).toMatch(/^(1m0s|5\d(\.\d+)?s)$/);
    expect(second.headers.get("x-ratelimit-limit-tokens")).toBe("100000");
    expect(left(second, "tokens")).toBeGreaterThan(90_000);
    expect(second.headers.get("x-ratelimit-reset-tokens")).toMatch(/s$/);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(left(refused, "requests")).toBe(0);
    expect(refused.headers.get("x-ratelimit-limit-requests")).toBe("2");
    expect(Number(refused.headers.get("retry-after-ms"))).toBeGreaterThan(25_000);
    // A refusal for another reason says them as well, and Anthropic's clients read their own names.
    const poor = await blind.customer(1_000n);
    const message = await blind.fetch(`${blind.baseUrl}/messages`, {
      method: "POST",
      headers: { "x-api-key": poor.secret, "content-type": "application/json" },
      body: JSON.stringify({ ...chat, max_tokens: 4_000 }),
    });
    expect(message.status).toBe(402);
    expect(message.headers.get("anthropic-ratelimit-requests-limit")).toBe(String(usual));
    expect(left(message, "requests")).toBe(usual);
    await message.arrayBuffer();
    await blind.settled();
    expect(await blind.violations()).toEqual([]);
  });

  it("says OpenAI's six headers on success, and with the time to come back on refusal", async () => {
    const { secret, organizationId, keyId } = await fixture.customer(USD);
    await fixture.database.db.transaction((tx) =>
      setRateLimits(tx, systemClock, {
        organizationId,
        keyId,
        by: SYSTEM_ACTOR,
        terms: { requestsPerMinute: 2, tokensPerMinute: 100_000, maxConcurrent: null },
      }),
    );
    const first = await post(secret, chat);
    expect(first.status).toBe(200);
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("2");
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("1");
    expect(first.headers.get("x-ratelimit-reset-requests")).toMatch(/^(30|29\.\d+)s$/);
    expect(first.headers.get("x-ratelimit-limit-tokens")).toBe("100000");
    expect(Number(first.headers.get("x-ratelimit-remaining-tokens"))).toBeGreaterThan(90_000);
    expect(first.headers.get("x-ratelimit-reset-tokens")).toMatch(/s$/);
    await post(secret, chat);
    const refused = await post(secret, chat);
    expect(refused.status).toBe(429);
    expect((await errorOf(refused)).error).toMatchObject({
      code: "rate_limit_exceeded",
      metadata: { scope: "key", limit_type: "requests", limit: 2 },
    });
    const afterMs = Number(refused.headers.get("retry-after-ms"));
    expect(afterMs).toBeGreaterThan(25_000);
    expect(refused.headers.get("retry-after")).toBe(String(Math.ceil(afterMs / 1_000)));
    expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    expect(refused.headers.get("x-should-retry")).toBeNull();
    expect(Number(first.headers.get("openai-processing-ms"))).toBeGreaterThan(0);
    expect(first.headers.get("anthropic-ratelimit-requests-limit")).toBeNull();
    // Anthropic's clients read their own names, on the refusal too.
    const message = await fixture.fetch(`${fixture.baseUrl}/messages`, {
      method: "POST",
      headers: { "x-api-key": secret, "content-type": "application/json" },
      body: JSON.stringify({ ...chat, max_tokens: 5 }),
    });
    expect(message.status).toBe(429);
    expect(message.headers.get("anthropic-ratelimit-requests-remaining")).toBe("0");
    expect(message.headers.get("anthropic-ratelimit-tokens-limit")).toBe("100000");
    const resetInMs =
      Date.parse(message.headers.get("anthropic-ratelimit-requests-reset") ?? "") - Date.now();
    expect(resetInMs).toBeGreaterThan(25_000);
    expect(resetInMs).toBeLessThan(61_000);
  });

  it.each([false, true])("prevents a second charge for a repeated request, streamed: %s", async (stream) => {
    const { secret, organizationId } = await fixture.customer(USD);
    const key = { "idempotency-key": "attempt-1" };
    const first = await post(secret, { ...chat, stream, max_tokens: 50 }, key);
    expect(first.status).toBe(200);
    const text = await first.text();
    const spent = await spentBy(organizationId);
    expect(spent).toBeGreaterThan(0n);
    const again = await post(secret, { ...chat, stream, max_tokens: 50 }, key);
    expect(again.status).toBe(200);
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
    expect(again.headers.get("x-generation-id")).toBe(first.headers.get("x-generation-id"));
    expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect(await again.text()).toBe(text);
    expect(await spentBy(organizationId)).toBe(spent);
    expect(fixture.simulator.requests()).toHaveLength(1);
    const other = await post(secret, { ...chat, stream, max_tokens: 51 }, key);
    expect(other.status).toBe(409);
    expect((await errorOf(other)).error.code).toBe("idempotency_conflict");
  });

  it("prevents a cut answer that looks whole: the repeat of a stream that was left ends as its protocol ends with an error", async () => {
    const { secret } = await fixture.customer(USD);
    const messages = { ...chat, model: "test/messages", stream: true, max_tokens: 400 };
    const ask = (path: string, key: string, init: RequestInit = {}) =>
      fixture.fetch(`${fixture.baseUrl}/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "idempotency-key": key },
        body: JSON.stringify(messages),
        ...init,
      });
    for (const [path, end] of [
      ["messages", /\n\nevent: error\ndata: \{"type":"error",.*\n\n$/],
      ["chat/completions", /\n\ndata: \{"error":.*\n\n$/],
    ] as const) {
      fixture.simulator.control([{ tokenIntervalMs: 20 }]);
      const reader = (await ask(path, path)).body?.getReader();
      await reader?.read();
      await reader?.cancel();
      const again = async () => {
        const answer = await ask(path, path);
        expect(answer.headers.get("x-idempotent-replayed")).toBe("true");
        return answer;
      };
      const repeat = await vi.waitFor(again, { timeout: 5_000, interval: 50 });
      expect(await repeat.text()).toMatch(end);
    }
  });

  it("prevents a second charge when the process of the first died after it was charged: 409, however late", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const key = { "idempotency-key": "dead" };
    expect((await post(secret, chat, key)).status).toBe(200);
    const spent = await spentBy(organizationId);
    const die = (cost: string) =>
      // What a killed process leaves behind: the run never ended, hours ago, and its intent is settled or never cost anything.
      fixture.database.pool.query(
        `UPDATE idempotent_answer SET state = 'running', status = NULL, headers = NULL, body = NULL,
           generation_id = CASE WHEN $2 = 'charged' THEN generation_id END, created_at = now() - interval '2 hours'
         WHERE organization_id = $1`,
        [organizationId, cost],
      );
    await die("charged");
    const again = await post(secret, chat, key);
    expect(again.status).toBe(409);
    expect((await errorOf(again)).error).toMatchObject({
      code: "conflict",
      metadata: { generation_id: expect.stringMatching(/^gen_/) },
    });
    expect(await spentBy(organizationId)).toBe(spent);
    expect(fixture.simulator.requests()).toHaveLength(1);
    // Died before it was tied to a charge: the same key may try again.
    await die("free");
    expect((await post(secret, chat, key)).status).toBe(200);
    expect(await spentBy(organizationId)).toBe(2n * spent);
  });

  it("runs a repeated request once when both come at the same time, and again when the first failed for free", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const key = { "idempotency-key": "twins" };
    const twins = await Promise.all([post(secret, chat, key), post(secret, chat, key)]);
    expect(twins.map(({ status }) => status).sort()).toEqual([200, 409]);
    await fixture.settled();
    expect(fixture.simulator.requests()).toHaveLength(1);
    expect((await post(secret, { ...chat, model: "test/none" }, { "idempotency-key": "typo" })).status).toBe(
      404,
    );
    expect((await post(secret, chat, { "idempotency-key": "typo" })).status).toBe(200);
    expect((await post(secret, chat, { "idempotency-key": "a b" })).status).toBe(400);
    const stranger = await fixture.customer(USD);
    const own = await post(stranger.secret, chat, key);
    expect(own.headers.get("x-idempotent-replayed")).toBeNull();
    await fixture.database.pool.query("UPDATE api_key SET status = 'revoked' WHERE organization_id = $1", [
      organizationId,
    ]);
    expect((await post(secret, chat, key)).status).toBe(401);
  });
});
