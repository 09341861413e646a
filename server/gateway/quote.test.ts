// Harm prevented: a customer who is charged by another price than the one that was quoted and promised.

import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const ADAPTERS: readonly AdapterName[] = ["node", "web"];
const messages = [{ role: "user", content: "What is a price lock good for?" }];

/** Two providers of a model; the first is the cheaper one, at the price asked for. */
function catalogueAt(input: string, output: string) {
  return (simulatorUrl: string) => ({
    version: 1,
    providers: ["first", "second"].map((slug) => ({
      slug,
      name: slug,
      kind: "openai-compatible",
      baseUrl: `${simulatorUrl}/${slug}/v1`,
    })),
    models: ["test/pair", "test/other"].map((slug) => ({
      slug,
      name: slug,
      contextLength: 128_000,
      maxOutputTokens: 4_096,
      inputModalities: ["text"],
      outputModalities: ["text"],
      endpoints: [
        endpointAt("first", input, output),
        ...(slug === "test/pair" ? [endpointAt("second", "0.50", "1.80")] : []),
      ],
    })),
  });
}

function endpointAt(provider: string, input: string, output: string) {
  return {
    provider,
    upstreamModel: `${provider}-model`,
    source: "test",
    sourceDate: "2026-01-01",
    prices: [
      { unit: "input", usdPerMillion: input },
      { unit: "output", usdPerMillion: output },
    ],
  };
}

const CHEAP = catalogueAt("0.40", "1.60");
const DEAR = catalogueAt("0.44", "1.70");

interface Quote {
  readonly model: string;
  readonly worst_case_nano_usd: string;
  readonly prompt_tokens: { readonly at_most: number; readonly counted: number | null };
  readonly output_tokens: Record<string, unknown>;
  readonly endpoints: readonly {
    readonly provider: string;
    readonly price_version: string;
    readonly because: readonly string[];
    readonly worst_case_nano_usd: string;
    readonly typical_nano_usd: string | null;
  }[];
  readonly ruled_out: readonly { readonly provider: string; readonly reason: string }[];
  readonly price_lock: { readonly id: string; readonly expires_at: string } | null;
  readonly error?: { readonly code: string; readonly param: string; readonly message: string };
}

describe.each(ADAPTERS)("quote behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, { catalogue: CHEAP });
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    fixture.simulator.reset();
    await fixture.importCatalogue(CHEAP);
  });

  async function post(path: string, secret: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fixture.fetch(`${fixture.baseUrl}/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
  }
  const quote = async (secret: string, body: unknown, headers?: Record<string, string>) => {
    const answer = await post("quote", secret, body, headers);
    return { ...answer, body: answer.body as Quote };
  };
  const rows = async (table: "price_lock" | "intent" | "request_log") => {
    const { rows: found } = await fixture.database.pool.query(`SELECT count(*)::int AS n FROM ${table}`);
    return (found[0] as { n: number }).n;
  };
  const chat = (extra: object = {}) => ({ model: "test/pair", messages, max_tokens: 64, ...extra });

  it("tells order, price versions and the worst case that is then reserved; holds and writes nothing", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const before = [await rows("intent"), await rows("request_log"), await rows("price_lock")];
    const { status, body } = await quote(secret, chat());
    expect(status).toBe(200);
    expect(body.endpoints.map(({ provider }) => provider)).toEqual(["first", "second"]);
    expect(body.endpoints[0]?.because.join()).toContain("priority");
    const at = (provider: number, inputNano: bigint, outputNano: bigint) =>
      expect(BigInt(body.endpoints[provider]?.worst_case_nano_usd ?? -1)).toBe(
        BigInt(body.prompt_tokens.at_most) * inputNano + 64n * outputNano,
      );
    at(0, 400n, 1_600n);
    at(1, 500n, 1_800n);
    expect(body.worst_case_nano_usd).toBe(body.endpoints[1]?.worst_case_nano_usd);
    expect([await rows("intent"), await rows("request_log"), await rows("price_lock")]).toEqual(before);
    expect(fixture.simulator.requests()).toEqual([]);
    expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });

    const answered = await post("chat/completions", secret, chat());
    await fixture.settled();
    const detail = await fixture.request(organizationId, answered.headers.get("x-generation-id") ?? "");
    const { rows: held } = await fixture.database.pool.query("SELECT reserved FROM intent WHERE id = $1", [
      detail.id,
    ]);
    expect(String((held[0] as { reserved: bigint }).reserved)).toBe(body.worst_case_nano_usd);
    expect(detail.receipt?.priceVersionId).toBe(body.endpoints[0]?.price_version);
  });

  it("says nothing of a typical cost until there is a history, then prices the mean of it", async () => {
    const { secret } = await fixture.customer(USD);
    expect((await quote(secret, chat())).body).toMatchObject({
      output_tokens: { typical: null, typical_basis: null },
      endpoints: [{ typical_nano_usd: null }, { typical_nano_usd: null }],
    });
    for (let turn = 0; turn < 5; turn += 1) {
      fixture.simulator.control([{ outputTokens: 10 + turn }]);
      await post("chat/completions", secret, chat());
    }
    await fixture.settled();
    const { body } = await quote(secret, chat());
    expect(body.output_tokens).toMatchObject({
      typical: 12,
      typical_basis: "organization",
      typical_of_requests: 5,
    });
    expect(BigInt(body.endpoints[0]?.typical_nano_usd ?? -1)).toBe(
      BigInt(body.prompt_tokens.counted ?? -1) * 400n + 12n * 1_600n,
    );
  });

  it("charges the locked price although the list has changed, on body, header and Anthropic's wire", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const { body: quoted } = await quote(secret, {
      endpoint: "chat/completions",
      body: chat(),
      price_lock: true,
    });
    const locked = quoted.price_lock?.id ?? "";
    expect(locked).toMatch(/^lock_/);
    await fixture.importCatalogue(DEAR);
    const [old] = quoted.endpoints;

    const costOf = async (answered: { headers: Headers }) => {
      await fixture.settled();
      return fixture.request(organizationId, answered.headers.get("x-generation-id") ?? "");
    };
    const units = (detail: Awaited<ReturnType<typeof costOf>>) =>
      BigInt(detail.inputTokens ?? -1) * 400n + BigInt(detail.outputTokens ?? -1) * 1_600n;

    const byBody = await post("chat/completions", secret, chat({ price_lock: locked }));
    expect(byBody.status).toBe(200);
    expect(JSON.stringify(fixture.simulator.requests().at(-1)?.body)).not.toContain("price_lock");
    const first = await costOf(byBody);
    expect(first.receipt).toMatchObject({ priceVersionId: old?.price_version, costNanoUsd: units(first) });

    const header = { "x-deeptoken-price-lock": locked };
    const byHeader = await costOf(await post("chat/completions", secret, chat(), header));
    expect(byHeader.receipt).toMatchObject({ priceVersionId: old?.price_version });

    const anthropic = await post("messages", secret, chat({ price_lock: locked }));
    expect(anthropic.status).toBe(200);
    expect((await costOf(anthropic)).receipt).toMatchObject({ priceVersionId: old?.price_version });
    const responses = await post("responses", secret, {
      model: "test/pair",
      input: "Hi",
      price_lock: locked,
    });
    expect(responses.status).toBe(200);
    expect((await costOf(responses)).receipt).toMatchObject({ priceVersionId: old?.price_version });

    const unlocked = await costOf(await post("chat/completions", secret, chat()));
    expect(unlocked.receipt?.priceVersionId).not.toBe(old?.price_version);
    expect(unlocked.receipt?.costNanoUsd).toBe(
      BigInt(unlocked.inputTokens ?? -1) * 440n + BigInt(unlocked.outputTokens ?? -1) * 1_700n,
    );
    expect(await fixture.violations()).toEqual([]);

    const again = await quote(secret, chat({ price_lock: locked }));
    expect(again.body.endpoints[0]?.price_version).toBe(old?.price_version);
  });

  it("prevents a price that is locked for ever: a lock is no ground for another one", async () => {
    const { secret } = await fixture.customer(USD);
    const { body } = await quote(secret, chat({ price_lock: true }));
    const locked = body.price_lock?.id ?? "";
    const wrapped = { endpoint: "chat/completions", body: chat({ price_lock: locked }), price_lock: true };
    expect((await quote(secret, wrapped)).body.error).toMatchObject({ param: "price_lock" });
    const header = { "x-deeptoken-price-lock": locked };
    expect((await quote(secret, chat({ price_lock: true }), header)).body.error).toMatchObject({
      param: "price_lock",
    });
  });

  it("refuses a lock that is unknown, foreign, expired or of another model; nothing is held or sent", async () => {
    const mine = await fixture.customer(USD);
    const other = await fixture.customer(USD);
    const { body } = await quote(mine.secret, chat({ price_lock: true }));
    const locked = body.price_lock?.id ?? "";
    const refused = async (secret: string, extra: object, message: RegExp) => {
      const answer = await post("chat/completions", secret, chat(extra));
      expect(answer).toMatchObject({
        status: 400,
        body: {
          error: { code: "invalid_request", param: "price_lock", message: expect.stringMatching(message) },
        },
      });
    };
    await refused(mine.secret, { price_lock: true }, /must be the id/);
    await refused(mine.secret, { price_lock: "lock_nonsense" }, /must be the id/);
    await refused(mine.secret, { price_lock: "lock_01h455vb4pex5vsknk084sn02q" }, /no such price lock/);
    await refused(other.secret, { price_lock: locked }, /no such price lock/);
    await refused(mine.secret, { price_lock: locked, model: "test/other" }, /not among the prices/);
    await fixture.database.db.execute(sql`UPDATE price_lock SET expires_at = now() - interval '1 second'`);
    await refused(mine.secret, { price_lock: locked }, /expired at .*new quote/);
    await fixture.settled();
    expect(fixture.simulator.requests()).toEqual([]);
    for (const { organizationId } of [mine, other])
      expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });
  });

  it("names who is ruled out, and refuses what the request itself would be refused", async () => {
    const { secret } = await fixture.customer(USD);
    const only = await quote(secret, chat({ provider: { ignore: ["first"] } }));
    expect(only.body.endpoints.map(({ provider }) => provider)).toEqual(["second"]);
    expect(only.body.ruled_out).toEqual([expect.objectContaining({ provider: "first", reason: "ignored" })]);
    expect(await quote(secret, chat({ model: "test/none" }))).toMatchObject({ status: 404 });
    expect(await quote(secret, { endpoint: "no/such", body: {} })).toMatchObject({
      status: 400,
      body: { error: { param: "endpoint" } },
    });
    expect(await quote(secret, { endpoint: "/v1/messages", body: chat() })).toMatchObject({ status: 200 });
    expect(await quote("dtk_wrong", chat())).toMatchObject({ status: 401 });
    expect(await quote(secret, chat({ max_tokens: 0 }))).toMatchObject({ status: 400 });
  });
});
