// Harm prevented: a prompt sent to somebody whom the policy forbids, or a request refused although somebody could answer.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OPEN_POLICY, type RoutingPolicy } from "@/server/organizations";
import { NEW_BREAKER } from "./breaker";
import { decide } from "./decide";
import { healthWith, inputOf, priceOf, routeTo } from "./fixtures";
import { parsePreferences } from "./preferences";
import type { DecisionInput, RoutableEndpoint, RoutableModel } from "./types";

type Input = DecisionInput<RoutableModel, RoutableEndpoint>;
const order = (input: Input) => decide(input).routes.map(({ endpoint }) => endpoint.provider.slug);
const reasons = (input: Input) =>
  Object.fromEntries(decide(input).excluded.map(({ provider, reason }) => [provider, reason]));
const prefer = (body: Record<string, unknown>, model = "test/model") => ({
  preferences: parsePreferences(model, body),
});
const policy = (over: Partial<RoutingPolicy>): RoutingPolicy => ({ ...OPEN_POLICY, ...over });

const cheap = routeTo("cheap", { priceVersion: priceOf(1, 2) });
const middle = routeTo("middle", { priceVersion: priceOf(1.2, 2.2) });
const dear = routeTo("dear", { priceVersion: priceOf(5, 10) });

describe("the order", () => {
  it("is the operator's priority, then price", () => {
    expect(order(inputOf([middle, cheap]))).toEqual(["cheap", "middle"]);
    const first = routeTo("first", { priority: 1, priceVersion: priceOf(1.4, 2.4) });
    expect(order(inputOf([cheap, first]))).toEqual(["first", "cheap"]);
  });

  it("weighs price against health", () => {
    const healthOf = (id: string) =>
      id === cheap.endpoint.id ? healthWith({ successShare: 0.7 }) : healthWith({ successShare: 1 });
    expect(order(inputOf([cheap, middle], { healthOf }))).toEqual(["middle", "cheap"]);
    const slow = (id: string) => healthWith({ firstTokenMsP50: id === cheap.endpoint.id ? 5_000 : 500 });
    expect(order(inputOf([cheap, middle], { healthOf: slow }))).toEqual(["middle", "cheap"]);
  });

  it("follows `order`, `sort`, suffixes and the policy's order", () => {
    expect(order(inputOf([cheap, middle], prefer({ provider: { order: ["middle"] } })))).toEqual([
      "middle",
      "cheap",
    ]);
    const healthOf = (id: string) =>
      healthWith({
        successShare: id === cheap.endpoint.id ? 0.6 : 1,
        firstTokenMsP50: id === cheap.endpoint.id ? 100 : 900,
        tokensPerSecondP50: id === cheap.endpoint.id ? 20 : 80,
      });
    const sorted = (sort: string) =>
      order(inputOf([middle, cheap], { healthOf, ...prefer({ provider: { sort } }) }));
    expect(sorted("price")).toEqual(["cheap", "middle"]);
    expect(sorted("latency")).toEqual(["cheap", "middle"]);
    expect(sorted("throughput")).toEqual(["middle", "cheap"]);
    expect(order(inputOf([middle, cheap], { healthOf, ...prefer({}, "test/model:nitro") }))).toEqual([
      "middle",
      "cheap",
    ]);
    expect(order(inputOf([middle, cheap], { healthOf, ...prefer({}, "test/model:floor") }))).toEqual([
      "cheap",
      "middle",
    ]);
    const policies = [policy({ providerOrder: ["middle", "cheap"] })];
    expect(order(inputOf([cheap, middle], { policies }))).toEqual(["middle", "cheap"]);
  });

  it("puts an open breaker last, and never leaves a request without its only candidate", () => {
    const open = { ...NEW_BREAKER, openUntilMs: 2_000_000 };
    const healthOf = (id: string) => healthWith(id === cheap.endpoint.id ? { breaker: open } : {});
    expect(order(inputOf([cheap, middle], { healthOf }))).toEqual(["middle", "cheap"]);
    expect(order(inputOf([cheap], { healthOf }))).toEqual(["cheap"]);
    const cooling = { ...NEW_BREAKER, coolUntilMs: 1_000_500 };
    expect(
      order(
        inputOf([cheap, middle], {
          healthOf: (id) => healthWith(id === cheap.endpoint.id ? { breaker: cooling } : {}),
        }),
      ),
    ).toEqual(["middle", "cheap"]);
  });

  it("stays with the endpoint that has the session's cache", () => {
    expect(order(inputOf([cheap, middle], { stickyEndpointId: middle.endpoint.id }))).toEqual([
      "middle",
      "cheap",
    ]);
  });

  it("goes through the models one after the other, unless they are mixed", () => {
    const other = routeTo("other", { priceVersion: priceOf(0.1, 0.1) }, { slug: "test/other" });
    const models = { models: ["test/other"] };
    expect(order(inputOf([cheap, other], prefer(models)))).toEqual(["cheap", "other"]);
    const mixed = { ...models, provider: { sort: { by: "price", partition: "none" } } };
    expect(order(inputOf([cheap, other], prefer(mixed)))).toEqual(["other", "cheap"]);
  });

  it("shares traffic by weight among equals", () => {
    const [big, small] = [routeTo("big", { weight: 3 }), routeTo("small", { weight: 1 })];
    let seed = 0;
    const random = () => {
      seed = (seed * 16_807 + 12_345) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let bigFirst = 0;
    for (let n = 0; n < 4_000; n += 1)
      if (order(inputOf([small, big], { random }))[0] === "big") bigFirst += 1;
    expect(bigFirst / 4_000).toBeGreaterThan(0.72);
    expect(bigFirst / 4_000).toBeLessThan(0.78);
  });
});

describe("what is left out, and why", () => {
  it("names the reason of each", () => {
    const unknown = routeTo("unknown", {
      dataPolicy: { trainsOnPrompts: null, retentionDays: null, regions: [] },
    });
    const us = routeTo("us", { dataPolicy: { trainsOnPrompts: false, retentionDays: 30, regions: ["us"] } });
    expect(reasons(inputOf([unknown, us], prefer({ provider: { data_collection: "deny" } })))).toEqual({
      unknown: "trains_on_prompts",
    });
    expect(reasons(inputOf([unknown, us], prefer({ provider: { zdr: true } })))).toEqual({
      unknown: "retains_prompts",
      us: "retains_prompts",
    });
    expect(reasons(inputOf([unknown, us, cheap], { policies: [policy({ regions: ["eu"] })] }))).toEqual({
      unknown: "region",
      us: "region",
    });
    expect(reasons(inputOf([cheap, routeTo("free", { priceVersion: null })]))).toEqual({ free: "no_price" });
    expect(reasons(inputOf([cheap, middle], prefer({ provider: { only: ["middle"] } })))).toEqual({
      cheap: "not_in_only",
    });
    expect(reasons(inputOf([cheap, middle], prefer({ provider: { ignore: ["cheap"] } })))).toEqual({
      cheap: "ignored",
    });
    expect(reasons(inputOf([cheap, dear], prefer({ provider: { max_price: { prompt: 2 } } })))).toEqual({
      dear: "max_price",
    });
    expect(reasons(inputOf([cheap], { policies: [policy({ allowedModels: ["openai/*"] })] }))).toEqual({
      cheap: "model_not_allowed",
    });
    expect(reasons(inputOf([cheap, middle], { policies: [policy({ pinnedProvider: "middle" })] }))).toEqual({
      cheap: "pinned_elsewhere",
    });
  });

  it("takes out what cannot do it", () => {
    const requirements = {
      inputModalities: ["text", "image"],
      parameters: ["tools", "seed"],
      indispensable: ["tools"],
      promptTokens: 50_000,
      outputTokens: 4_000,
    };
    const able = { inputModalities: ["text", "image"], supportedParameters: ["tools"] };
    const routes = [
      routeTo("able", {}, able),
      routeTo("blind", {}, { ...able, inputModalities: ["text"] }),
      routeTo("toolless", {}, { ...able, supportedParameters: ["seed"] }),
      routeTo("short", { contextLength: 8_000 }, able),
      routeTo("terse", { maxOutputTokens: 1_000 }, able),
    ];
    const expected = {
      blind: "input_modality",
      toolless: "parameter",
      short: "context_length",
      terse: "output_limit",
    };
    expect(reasons(inputOf(routes, { requirements }))).toEqual(expected);
    const strict = { requirements, ...prefer({ provider: { require_parameters: true } }) };
    expect(reasons(inputOf(routes, strict)).able).toBe("parameter");
  });

  it("guards against fallbacks that are much dearer, unless they were asked for by name", () => {
    expect(reasons(inputOf([cheap, middle, dear]))).toEqual({ dear: "fallback_premium" });
    expect(order(inputOf([cheap, dear], prefer({ provider: { max_fallback_premium: 9 } })))).toEqual([
      "cheap",
      "dear",
    ]);
    expect(order(inputOf([cheap, dear], prefer({ provider: { order: ["cheap", "dear"] } })))).toEqual([
      "cheap",
      "dear",
    ]);
    const bound = {
      policies: [policy({ maxFallbackPremium: 0.1 })],
      ...prefer({ provider: { max_fallback_premium: 9 } }),
    };
    expect(reasons(inputOf([cheap, dear], bound))).toEqual({ dear: "fallback_premium" });
    expect(order(inputOf([cheap, middle], prefer({ provider: { allow_fallbacks: false } })))).toEqual([
      "cheap",
    ]);
    expect(order(inputOf([cheap, middle], { policies: [policy({ allowFallbacks: false })] }))).toEqual([
      "cheap",
    ]);
  });
});

const provider = fc.constantFrom("a", "b", "c", "d", "e");
const arbitraryRoute = fc
  .record({
    provider,
    model: fc.constantFrom("test/model", "test/other"),
    input: fc.integer({ min: 0, max: 50 }),
    priority: fc.integer({ min: 0, max: 3 }),
    weight: fc.integer({ min: 1, max: 4 }),
    trains: fc.constantFrom(true, false, null),
    days: fc.constantFrom(0, 30, null),
    regions: fc.constantFrom<string[]>([], ["eu"], ["us"], ["eu", "us"]),
    priced: fc.boolean(),
  })
  .map((r) =>
    routeTo(
      r.provider,
      {
        priority: r.priority,
        weight: r.weight,
        priceVersion: r.priced ? priceOf(r.input, r.input * 2) : null,
        dataPolicy: { trainsOnPrompts: r.trains, retentionDays: r.days, regions: r.regions },
      },
      { slug: r.model },
    ),
  );
const arbitraryInput = fc
  .record({
    routes: fc.uniqueArray(arbitraryRoute, { selector: ({ endpoint }) => endpoint.id, maxLength: 8 }),
    body: fc.record({
      provider: fc.record({
        order: fc.array(provider, { maxLength: 3 }),
        ignore: fc.array(provider, { maxLength: 2 }),
        allow_fallbacks: fc.boolean(),
        data_collection: fc.constantFrom("allow", "deny"),
        zdr: fc.boolean(),
        sort: fc.constantFrom(null, "price", "latency", "throughput"),
      }),
    }),
    policies: fc.array(
      fc.record({
        allowedModels: fc.constantFrom<string[] | null>(null, null, ["test/*"], ["test/other"]),
        blockedModels: fc.constantFrom<string[]>([], [], ["test/model"]),
        allowedProviders: fc.constantFrom<string[] | null>(null, null, ["a", "b", "c"]),
        blockedProviders: fc.array(provider, { maxLength: 2 }),
        pinnedProvider: fc.constantFrom(null, null, "b"),
        noTraining: fc.boolean(),
        zeroRetention: fc.boolean(),
        regions: fc.constantFrom<string[] | null>(null, ["eu"]),
        allowFallbacks: fc.constantFrom(true, true, false),
      }),
      { maxLength: 2 },
    ),
    open: fc.array(provider, { maxLength: 5 }),
    seed: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  .map(({ routes, body, policies, open, seed }) =>
    inputOf(routes, {
      ...prefer(body),
      policies: policies.map(policy),
      random: () => seed,
      healthOf: (id) =>
        open.some((slug) => id.endsWith(`_${slug}`))
          ? healthWith({ breaker: { ...NEW_BREAKER, openUntilMs: Number.MAX_SAFE_INTEGER } })
          : null,
    }),
  );

describe("always", () => {
  it("tries or excludes every endpoint exactly once", () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const { routes, excluded } = decide(input);
        const seen = [
          ...routes.map(({ endpoint }) => endpoint.id),
          ...excluded.map(({ endpointId }) => endpointId),
        ];
        expect(seen.sort()).toEqual(input.routes.map(({ endpoint }) => endpoint.id).sort());
      }),
      { numRuns: 500 },
    );
  });

  it("never violates a policy, a data policy or the request's own word, whatever health says", () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const { preferences, policies } = input;
        const { routes } = decide(input);
        const mayFallBack = preferences.allowFallbacks && policies.every((one) => one.allowFallbacks);
        if (!mayFallBack) expect(routes.length).toBeLessThanOrEqual(1);
        for (const { model, endpoint } of routes) {
          const { slug, dataPolicy } = endpoint.provider;
          expect(endpoint.priceVersion).not.toBeNull();
          expect(preferences.ignore).not.toContain(slug);
          if (preferences.wantsZeroRetention) expect(dataPolicy.retentionDays).toBe(0);
          if (preferences.forbidsTraining) expect(dataPolicy.trainsOnPrompts).toBe(false);
          for (const one of policies) {
            expect(one.blockedProviders).not.toContain(slug);
            if (one.allowedProviders) expect(one.allowedProviders).toContain(slug);
            if (one.pinnedProvider) expect(slug).toBe(one.pinnedProvider);
            expect(one.blockedModels).not.toContain(model.slug);
            if (one.allowedModels) expect(["test/*", model.slug]).toContain(one.allowedModels[0]);
            if (one.noTraining) expect(dataPolicy.trainsOnPrompts).toBe(false);
            if (one.zeroRetention) expect(dataPolicy.retentionDays).toBe(0);
            if (one.regions) expect(dataPolicy.regions).toEqual(["eu"]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("finds somebody whenever somebody is allowed, whatever the breakers say", () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const healthy = decide({ ...input, healthOf: () => null });
        expect(decide(input).routes.length > 0).toBe(healthy.routes.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
