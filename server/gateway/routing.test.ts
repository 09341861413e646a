// Harm prevented: an outage of a provider that becomes the customer's, or a prompt that goes where a policy forbids.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { OPEN_POLICY, type RoutingPolicy } from "@/server/organizations";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

let fixture: GatewayFixture;
let customer: Awaited<ReturnType<GatewayFixture["customer"]>>;
beforeAll(async () => {
  fixture = await startGatewayFixture("node");
  customer = await fixture.customer(20n * USD);
});
beforeEach(() => fixture.simulator.reset());
afterEach(async () => {
  await fixture.settled();
  expect(await fixture.violations()).toEqual([]);
});
afterAll(() => fixture.close());

const messages = [{ role: "user" as const, content: "Where does this go?" }];
const bind = (over: Partial<RoutingPolicy>) => fixture.bindPolicies([{ ...OPEN_POLICY, ...over }]);

/** Sends a request with fields that the official client does not type. */
async function ask(model: string, extra: Record<string, unknown> = {}, content = messages[0]?.content ?? "") {
  const body = { model, max_tokens: 32, messages: [{ role: "user" as const, content }], ...extra };
  const { data, response } = await customer.client.chat.completions.create(body).withResponse();
  return {
    provider: response.headers.get("x-gateway-provider"),
    attempts: Number(response.headers.get("x-gateway-attempts")),
    id: response.headers.get("x-generation-id") ?? "",
    model: data.model,
  };
}
const refusal = (model: string, extra: Record<string, unknown> = {}, content?: string) =>
  ask(model, extra, content).then(
    () => ({ status: 200, code: null as string | null, error: {} as Record<string, unknown> }),
    (thrown: { status: number; code: string; error: Record<string, unknown> }) => thrown,
  );

it("takes the first of a request's models for its model, when it names none", async () => {
  const models = ["test/pair", "test/single"];
  expect(await ask("", { model: undefined, models })).toMatchObject({
    model: "test/pair",
    provider: "first",
  });
  expect(await refusal("", { model: undefined, models: [] })).toMatchObject({
    status: 400,
    code: "invalid_request",
  });
});

describe("health", () => {
  it("takes a dead provider out after five failures, and tries it again when its time is over", async () => {
    fixture.simulator.control([{ fault: "status:500" }], { provider: "first" });
    for (let n = 0; n < 5; n += 1)
      expect(await ask("test/pair")).toMatchObject({ provider: "second", attempts: 2 });
    for (let n = 0; n < 5; n += 1)
      expect(await ask("test/pair")).toMatchObject({ provider: "second", attempts: 1 });
    fixture.simulator.control([{}], { provider: "first" });
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect(await ask("test/pair")).toMatchObject({ provider: "first", attempts: 1 });
    expect(await ask("test/pair")).toMatchObject({ provider: "first", attempts: 1 });
  });

  it("lets a rate-limited provider rest for as long as it asked, and counts it as no fault", async () => {
    fixture.simulator.control([{ fault: "status:429", retryAfterSeconds: 2, times: 1 }], {
      provider: "first",
    });
    expect(await ask("test/pair")).toMatchObject({ provider: "second", attempts: 2 });
    expect(await ask("test/pair")).toMatchObject({ provider: "second", attempts: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await ask("test/pair")).toMatchObject({ provider: "first", attempts: 1 });
  });

  it("still asks the only provider, however bad it was", async () => {
    fixture.simulator.control([{ fault: "status:500", times: 6 }], { provider: "first" });
    for (let n = 0; n < 6; n += 1) expect((await refusal("test/single")).status).toBe(502);
    expect(await ask("test/single")).toMatchObject({ provider: "first", attempts: 1 });
  });

  it("is public per endpoint, in the fields that OpenRouter's clients read", async () => {
    fixture.simulator.control([{ fault: "status:500" }], { provider: "first" });
    for (let n = 0; n < 10; n += 1) await ask("test/pair", { provider: { order: ["first"] } });
    const endpoints = async () => {
      const answer = await fixture.fetch(`${fixture.baseUrl}/models/test/pair/endpoints`);
      return ((await answer.json()) as { data: { endpoints: Record<string, unknown>[] } }).data.endpoints;
    };
    // Figures are remembered for a second.
    await expect.poll(endpoints, { timeout: 5_000 }).toMatchObject([
      { tag: "first", status: -2, status_name: "down", uptime_last_30m: null, latency_last_30m: null },
      { tag: "second", status: 0, status_name: "healthy", uptime_last_5m: 100 },
    ]);
  });

  it("does not hold against a provider what the request caused", async () => {
    fixture.simulator.control([{ fault: "status:400" }], { provider: "first" });
    for (let n = 0; n < 8; n += 1) expect(await refusal("test/pair")).toMatchObject({ status: 400 });
    fixture.simulator.control([{}], { provider: "first" });
    expect(await ask("test/pair")).toMatchObject({ provider: "first", attempts: 1 });
  });
});

describe("the first token", () => {
  const stream = async (extra: Record<string, unknown> = {}) => {
    const { data, response } = await customer.client.chat.completions
      .create({ model: "test/pair", messages, stream: true, ...extra })
      .withResponse();
    let text = "";
    for await (const chunk of data) text += chunk.choices[0]?.delta?.content ?? "";
    return {
      provider: response.headers.get("x-gateway-provider"),
      attempts: response.headers.get("x-gateway-attempts"),
      hasText: text.length > 0,
    };
  };

  it("is waited for no longer because headers and a role have come", async () => {
    bind({ timeouts: { "*": { firstTokenMs: 1_000 } } });
    for (const fault of [
      { fault: "hang" as const, faultAfterTokens: 0 },
      { firstTokenMs: 20_000 },
      { fault: "hang" as const },
    ]) {
      fixture.simulator.control([{ ...fault, times: 1 }], { provider: "first" });
      const startedAt = performance.now();
      expect(await stream()).toEqual({ provider: "second", attempts: "2", hasText: true });
      expect(performance.now() - startedAt).toBeLessThan(4_000);
    }
  });

  it("is waited for at the last provider while it is at work, and not at those before it", async () => {
    for (let n = 0; n < 12; n += 1) await stream();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    fixture.simulator.control([{ firstTokenMs: 6_500 }]);
    const startedAt = performance.now();
    // Five seconds at the first, as long as it takes at the second.
    expect(await stream()).toEqual({ provider: "second", attempts: "2", hasText: true });
    expect(performance.now() - startedAt).toBeGreaterThan(11_000);
  }, 30_000);
});

describe("the client's own patience", () => {
  it("ends the search for somebody in time to say so, and whom it leaves in mid-search is asked no more", async () => {
    fixture.simulator.control([{ fault: "hang" }]);
    const body = { model: "test/pair", messages, stream: true as const };
    const startedAt = performance.now();
    const thrown = await customer.client.chat.completions
      .create(body, { headers: { "x-stainless-timeout": "2" } })
      .then(() => null)
      .catch((reason: { status: number; code: string }) => reason);
    expect(thrown).toMatchObject({ status: 504, code: "upstream_timeout" });
    expect(performance.now() - startedAt).toBeLessThan(2_000);

    fixture.simulator.reset();
    fixture.simulator.control([{ fault: "hang" }]);
    await expect(
      customer.client.chat.completions.create(body, { signal: AbortSignal.timeout(500) }),
    ).rejects.toThrow();
    await expect.poll(() => fixture.simulator.requests().map(({ state }) => state)).toEqual(["aborted"]);
  });
});

describe("wishes of a request", () => {
  it("go on with the models that it names, and charge the one that answered", async () => {
    fixture.simulator.control([{ fault: "status:500" }], { provider: "first" });
    const answer = await ask("test/single", { models: ["test/messages"] });
    expect(answer).toMatchObject({ provider: "third", attempts: 2, model: "test/messages" });
    await fixture.settled();
    const detail = await fixture.request(customer.organizationId, answer.id);
    expect(detail).toMatchObject({
      outcome: "succeeded",
      requestedModel: "test/single",
      modelSlug: "test/messages",
    });
    expect(detail.attempts).toMatchObject([
      { provider: "first", status: 500 },
      { provider: "third", status: 200, reason: "ok" },
    ]);
  });

  it("order, exclude and pin providers", async () => {
    expect(await ask("test/pair", { provider: { order: ["second"] } })).toMatchObject({ provider: "second" });
    expect(await ask("test/pair", { provider: { ignore: ["first"] } })).toMatchObject({ provider: "second" });
    expect(await ask("test/pair", { provider: { only: ["second"] } })).toMatchObject({ provider: "second" });
    expect(await ask("test/pair", { providerOptions: { gateway: { only: ["second"] } } })).toMatchObject({
      provider: "second",
    });
    expect(await ask("test/pair:floor")).toMatchObject({ provider: "first", model: "test/pair" });
    fixture.simulator.control([{ fault: "status:500" }], { provider: "first" });
    expect(await refusal("test/pair", { provider: { allow_fallbacks: false } })).toMatchObject({
      status: 502,
      error: { metadata: { attempts: [{ provider: "first" }] } },
    });
  });

  it("are never sent to the provider, and are refused by name when they are nonsense", async () => {
    await ask("test/pair", { provider: { sort: "price" }, models: ["test/single"], session_id: "s" });
    const received = fixture.simulator.requests().at(-1)?.body as Record<string, unknown>;
    for (const field of ["provider", "models", "session_id"]) expect(received).not.toHaveProperty(field);
    expect(await refusal("test/pair", { provider: { sort: "luck" } })).toMatchObject({
      status: 400,
      error: { param: "provider.sort" },
    });
    expect(await refusal("test/pair", { models: ["test/pare"] })).toMatchObject({
      status: 400,
      error: { param: "models", metadata: { nearest: expect.arrayContaining(["test/pair"]) } },
    });
  });

  it("fail closed, with the reason, when nobody can promise what is asked", async () => {
    expect(await refusal("test/pair", { provider: { zdr: true } })).toMatchObject({
      status: 503,
      code: "no_available_provider",
      error: {
        metadata: { reason: "retains_prompts", excluded: [{ provider: "first" }, { provider: "second" }] },
      },
    });
    expect(await refusal("test/pair", { provider: { max_price: { prompt: 0.1 } } })).toMatchObject({
      status: 503,
      error: { metadata: { reason: "max_price" } },
    });
    expect(fixture.simulator.requests()).toEqual([]);
  });

  it("stay with the endpoint that has the session's prompt in its cache", async () => {
    fixture.simulator.control([{ fault: "status:500", times: 1 }], { provider: "first" });
    expect(await ask("test/pair", { session_id: "chat-1" })).toMatchObject({ provider: "second" });
    expect(await ask("test/pair", { session_id: "chat-1" })).toMatchObject({
      provider: "second",
      attempts: 1,
    });
    expect(await ask("test/pair", { session_id: "chat-2" })).toMatchObject({ provider: "first" });
    expect(await ask("test/pair")).toMatchObject({ provider: "first" });
  });
});

describe("policies", () => {
  it("bind every request of the key, whatever it asks for", async () => {
    bind({ blockedProviders: ["first"] });
    expect(await ask("test/pair", { provider: { order: ["first"] } })).toMatchObject({ provider: "second" });
    expect(await refusal("test/single")).toMatchObject({ status: 403, code: "provider_not_allowed" });
    bind({ allowedModels: ["other/*"] });
    expect(await refusal("test/pair")).toMatchObject({ status: 403, code: "model_not_allowed" });
    bind({ pinnedProvider: "second" });
    expect(await ask("test/pair")).toMatchObject({ provider: "second" });
    bind({ noTraining: true });
    expect(await refusal("test/pair")).toMatchObject({
      status: 503,
      error: { metadata: { reason: "trains_on_prompts" } },
    });
  });

  it("go on with their own models after an outage, a prompt that is too long, and refused content", async () => {
    bind({ fallbackModels: { "test/single": ["test/messages"] } });
    fixture.simulator.control([{ fault: "status:503" }], { provider: "first" });
    expect(await ask("test/single")).toMatchObject({ provider: "third", attempts: 2 });
    expect((await refusal("test/single", { provider: { allow_fallbacks: false } })).status).toBe(502);
  });

  it.each([
    ["contextFallbackModels", "This model's maximum context length is 8 tokens."],
    ["contentFallbackModels", "The prompt was flagged by the content policy."],
  ] as const)("go on with %s only for what they are for", async (list, message) => {
    const refused = { fault: "status:400" as const, errorMessage: message };
    fixture.simulator.control([refused], { provider: "first" });
    bind({ [list]: { "test/single": ["test/messages"] } });
    expect(await ask("test/single")).toMatchObject({
      provider: "third",
      attempts: 2,
      model: "test/messages",
    });
    const other = list === "contextFallbackModels" ? "contentFallbackModels" : "contextFallbackModels";
    bind({ [other]: { "test/single": ["test/messages"] }, fallbackModels: { "*": ["test/messages"] } });
    expect(await refusal("test/single")).toMatchObject({ status: 400, error: { message } });
    fixture.simulator.control([{ fault: "status:400" }], { provider: "first" });
    bind({ [list]: { "test/single": ["test/messages"] } });
    expect(await refusal("test/single")).toMatchObject({ status: 400 });
  });

  it("send a prompt that is too long for the model to the models for long ones at once", async () => {
    const long = "word ".repeat(120_000);
    bind({ contextFallbackModels: { "test/single": ["test/long"] } });
    expect(await ask("test/single", {}, long)).toMatchObject({
      provider: "second",
      attempts: 1,
      model: "test/long",
    });
    bind({});
    expect(await refusal("test/single", {}, long)).toMatchObject({ status: 400 });
  });

  it("end what takes too long", async () => {
    bind({ timeouts: { "*": { totalMs: 1_000 } } });
    fixture.simulator.control([{ latencyMs: 4_000 }]);
    expect(await refusal("test/single")).toMatchObject({ status: 504, code: "upstream_timeout" });
  });
});
