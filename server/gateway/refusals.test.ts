import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { revokeKey } from "@/server/keys";
import { systemClock } from "@/server/platform/clock";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const messages = [{ role: "user" as const, content: "Hello" }];
const chat = { model: "test/single", messages };

describe.each(["node", "web"] as AdapterName[])("refusals behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter);
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  const call = (path: string, init: RequestInit = {}) => fixture.fetch(fixture.baseUrl + path, init);
  const post = (secret: string, body: unknown, headers: Record<string, string> = {}) =>
    call("/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const errorOf = async (response: Response) =>
    ((await response.json()) as { error: Record<string, unknown> }).error;

  async function expectNothingHappened(organizationId: string, credit = USD) {
    await fixture.settled();
    expect(fixture.simulator.requests()).toEqual([]);
    expect(await fixture.balance(organizationId)).toMatchObject({
      totalNanoUsd: credit,
      reservedNanoUsd: 0n,
    });
    const { rows } = await fixture.database.pool.query(
      "SELECT count(*) AS intents FROM intent WHERE organization_id = $1",
      [organizationId],
    );
    expect(rows).toEqual([{ intents: 0n }]);
  }

  it("prevents a caller without a valid key from getting anything: one answer for every reason", async () => {
    const { secret, organizationId, keyId } = await fixture.customer(USD);
    await revokeKey(fixture.database.db, { organizationId, keyId }, systemClock);
    const wrong = [
      {},
      { authorization: "" },
      { authorization: "Bearer" },
      { authorization: `Basic ${secret}` },
      { authorization: `Bearer ${secret.slice(0, -1)}x` },
      { authorization: `Bearer ${secret}, Bearer ${secret}` },
      { authorization: "Bearer dtk_'; DROP TABLE api_key; --" },
      { authorization: `Bearer ${secret}` },
      { "x-api-key": secret },
    ];
    const answers = await Promise.all(
      wrong.map(async (headers) => {
        const response = await call("/chat/completions", {
          method: "POST",
          headers: headers as Record<string, string>,
          body: JSON.stringify(chat),
        });
        const { metadata: _id, ...error } = await errorOf(response);
        return { status: response.status, error, hasRequestId: response.headers.has("x-request-id") };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      status: 401,
      error: { code: "invalid_api_key", type: "authentication_error", param: null },
    });
    await expectNothingHappened(organizationId);
  });

  it("prevents a revoked key from spending on its very next request, although the process knows it", async () => {
    const { client, organizationId, keyId } = await fixture.customer(USD);
    await client.chat.completions.create(chat);
    await revokeKey(fixture.database.db, { organizationId, keyId }, systemClock);
    await expect(client.chat.completions.create(chat)).rejects.toMatchObject({
      status: 401,
      code: "invalid_api_key",
    });
  });

  it("ignores a key in the query", async () => {
    const { secret } = await fixture.customer(USD);
    expect((await call(`/key?api_key=${secret}`)).status).toBe(401);
  });

  it.each(["", "{", "[]", '"text"', "null"])(
    "answers invalid_json to the body %j, and reserves nothing",
    async (body) => {
      const { secret, organizationId } = await fixture.customer(USD);
      const response = await post(secret, body);
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ code: "invalid_json" });
      await expectNothingHappened(organizationId);
    },
  );

  it("names the field that is wrong", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const response = await post(secret, { ...chat, max_tokens: 1.5 });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: "invalid_request", param: "max_tokens" });
    const tooHigh = await post(secret, { ...chat, max_tokens: 4_097 });
    expect(await errorOf(tooHigh)).toMatchObject({
      code: "invalid_request",
      param: "max_tokens",
      metadata: { limit: 4_096 },
    });
    await expectNothingHappened(organizationId);
  });

  it.each(["../../admin", "test/singel", "gpt-4o\r\ndata: x", "x".repeat(10_000), "型/模"])(
    "answers model_not_found to a model named %j, quoted so that nothing leaks into a header or a line",
    async (model) => {
      const { secret, organizationId } = await fixture.customer(USD);
      const response = await post(secret, { ...chat, model });
      expect(response.status).toBe(404);
      const error = await errorOf(response);
      expect(error.code).toBe("model_not_found");
      expect(String(error.message)).not.toMatch(/[\r\n]/);
      if (model === "test/singel")
        expect((error.metadata as { nearest: string[] }).nearest).toContain("test/single");
      await expectNothingHappened(organizationId);
    },
  );

  it("says what a short balance could carry, and tells SDKs not to retry", async () => {
    const { secret, organizationId } = await fixture.customer(1_000_000n);
    const response = await post(secret, { ...chat, max_tokens: 4_000 });
    expect(response.status).toBe(402);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("x-gateway-error-category")).toBe("quota");
    const error = await errorOf(response);
    expect(error).toMatchObject({
      code: "insufficient_balance",
      type: "insufficient_quota",
      param: "max_tokens",
    });
    const metadata = error.metadata as Record<string, number | string>;
    expect(metadata).toMatchObject({
      available_usd: 0.001,
      requested_max_tokens: 4_000,
      top_up_url: "http://localhost/dashboard/billing",
    });
    await expectNothingHappened(organizationId, 1_000_000n);
    // What it says it could carry, it carries.
    const affordable = Number(metadata.affordable_max_tokens);
    expect(affordable).toBeGreaterThan(300);
    expect((await post(secret, { ...chat, max_tokens: affordable })).status).toBe(200);
  });

  it("prevents a refusal although money is there: without a named limit the output is cut to what is affordable, and says so", async () => {
    const { secret } = await fixture.customer(1_000_000n);
    fixture.simulator.control([{ outputTokens: 5_000 }]);
    const response = await post(secret, chat);
    expect(response.status).toBe(200);
    const limit = Number(response.headers.get("x-gateway-max-tokens"));
    expect(limit).toBeGreaterThanOrEqual(256);
    expect(fixture.simulator.requests()[0]?.body).toMatchObject({ max_tokens: limit });
    expect((await response.json()) as unknown).toMatchObject({
      choices: [{ finish_reason: "length" }],
      usage: { completion_tokens: limit },
    });
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
  });

  it("passes the first request after a top-up: an empty balance is not remembered", async () => {
    const { secret, organizationId } = await fixture.customer(0n);
    expect((await post(secret, chat)).status).toBe(402);
    await fixture.database.pool.query("SELECT credit_balance($1, 'top_up', 'paid', $1, 10000000000, NULL)", [
      organizationId,
    ]);
    expect((await post(secret, chat)).status).toBe(200);
  });

  it("answers 413 above 4 MB, also when it only comes out of compression, and serves what is below", async () => {
    const { secret } = await fixture.customer(100n * USD);
    const padded = (bytes: number) => JSON.stringify({ ...chat, padding: "x".repeat(bytes) });
    expect((await post(secret, padded(3_900_000))).status).toBe(200);
    const tooLarge = await post(secret, padded(4_200_000));
    expect(tooLarge.status).toBe(413);
    expect(await errorOf(tooLarge)).toMatchObject({ code: "request_too_large" });
    const bomb = await call("/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-encoding": "gzip" },
      body: gzipSync(padded(50_000_000)),
    });
    expect(bomb.status).toBe(413);
    const zipped = await call("/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-encoding": "gzip" },
      body: gzipSync(JSON.stringify(chat)),
    });
    expect(zipped.status).toBe(200);
  });

  it("answers unknown paths and methods in the API's own shape", async () => {
    expect(await errorOf(await call("/nothing/here"))).toMatchObject({ code: "not_found" });
    const wrong = await call("/chat/completions");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await call("/models", { method: "DELETE" })).status).toBe(405);
  });

  it("is not impressed by headers that steer other gateways", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const response = await post(secret, chat, {
      "x-middleware-subrequest": "middleware",
      "x-forwarded-host": "evil.example",
      "x-org-id": "org_other",
    });
    expect(response.status).toBe(200);
    await fixture.settled();
    expect((await fixture.balance(organizationId)).totalNanoUsd).toBeLessThan(USD);
  });

  it("says what exists: models in OpenAI's form, also by an encoded name, with prices and health of endpoints", async () => {
    const list = (await (await call("/models")).json()) as { object: string; data: { id: string }[] };
    expect(list.object).toBe("list");
    expect(list.data.map(({ id }) => id)).toEqual(expect.arrayContaining(["test/pair", "test/single"]));
    for (const path of ["/models/test/pair", "/models/test%2Fpair"]) {
      expect(await (await call(path)).json()).toMatchObject({
        id: "test/pair",
        object: "model",
        pricing: { prompt: "0.0000004", completion: "0.0000016" },
      });
    }
    const endpoints = (await (await call("/models/test/pair/endpoints")).json()) as {
      data: { endpoints: unknown[] };
    };
    expect(endpoints.data.endpoints).toHaveLength(2);
    const none = await call("/models/test/none");
    expect(none.status).toBe(404);
    expect(await errorOf(none)).toMatchObject({
      param: "model",
      message: expect.stringContaining("Did you mean"),
      metadata: { nearest: expect.any(Array) },
    });
  });

  it("answers key, credits in both shapes, and a generation from the moment it was admitted", async () => {
    const { secret, client } = await fixture.customer(USD);
    const headers = { authorization: `Bearer ${secret}` };
    fixture.simulator.control([{ latencyMs: 3_000 }]);
    const answering = client.chat.completions.create(chat).withResponse();
    const findStarted = async (): Promise<string> => {
      const { rows } = await fixture.database.pool.query<{ id: string }>(
        "SELECT id FROM intent WHERE state = 'started' LIMIT 1",
      );
      return rows[0]?.id ?? findStarted();
    };
    const pendingId = await findStarted();
    expect(await (await call(`/generation?id=${pendingId}`, { headers })).json()).toMatchObject({
      data: { id: pendingId, status: "pending" },
    });
    const { data, response } = await answering;
    expect(response.headers.get("x-generation-id")).toBe(pendingId);
    await fixture.settled();
    const cost = (data.usage as unknown as { cost: number }).cost;
    expect(await (await call(`/generation?id=${pendingId}`, { headers })).json()).toMatchObject({
      data: { status: "succeeded", total_cost: cost, receipt: { basis: "provider" } },
    });
    expect(await (await call("/key", { headers })).json()).toMatchObject({
      data: { label: "test", usage: cost, usage_daily: cost, limit: null },
    });
    const used = cost.toFixed(9).replace(/0+$/, "");
    expect(await (await call("/credits", { headers })).json()).toMatchObject({ total_used: used });
    const openRouter = await fixture.fetch(`${fixture.baseUrl.replace("/v1", "/api/v1")}/credits`, {
      headers,
    });
    expect(await openRouter.json()).toEqual({ data: { total_credits: 1, total_usage: cost } });
    const other = await fixture.customer(USD);
    const foreign = await call(`/generation?id=${pendingId}`, {
      headers: { authorization: `Bearer ${other.secret}` },
    });
    expect(foreign.status).toBe(404);
    expect((await call("/generation?id=gen_1", { headers })).status).toBe(400);
  });
});

describe("what only a raw connection can send", () => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture("node");
  });
  afterAll(() => fixture.close());

  it("prevents two Authorization headers from being taken for one", async () => {
    const { secret } = await fixture.customer(USD);
    const status = await new Promise((resolve, reject) => {
      const url = new URL(`${fixture.baseUrl}/key`);
      const req = httpRequest({
        host: url.hostname,
        port: url.port,
        path: url.pathname,
        headers: ["Host", url.host, "Authorization", `Bearer ${secret}`, "Authorization", "Bearer x"],
      });
      req.on("response", (res) => resolve(res.statusCode));
      req.on("error", reject);
      req.end();
    });
    expect(status).toBe(401);
  });
});
