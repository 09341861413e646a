// Harm prevented: a dry run that promises another way than the request takes, and a policy that a stranger can see or set.
import { afterAll, beforeAll, expect, it } from "vitest";
import { importCatalog } from "@/server/catalog";
import { createKey, defaultProjectId } from "@/server/keys";
import { type Person, type TrpcFixture, trpcFixture } from "../fixtures";

let site: TrpcFixture;
let owner: Person;
let keyId: string;
beforeAll(async () => {
  site = await trpcFixture();
  owner = await site.person();
  const provider = (slug: string) => ({
    slug,
    name: slug,
    kind: "openai-compatible",
    baseUrl: `https://${slug}.example.com/v1`,
  });
  const endpoint = (name: string, usd: string) => ({
    provider: name,
    upstreamModel: "m",
    source: "test",
    sourceDate: "2026-11-01",
    prices: ["input", "output"].map((unit) => ({ unit, usdPerMillion: usd })),
  });
  const model = { name: "M", contextLength: 1_000, inputModalities: ["text"], outputModalities: ["text"] };
  await importCatalog(
    site.database.db,
    {
      version: 1,
      providers: ["cheap", "middle", "dear"].map(provider),
      models: [
        {
          ...model,
          slug: "a/m",
          endpoints: [endpoint("cheap", "1"), endpoint("middle", "1.2"), endpoint("dear", "9")],
        },
        { ...model, slug: "a/other", endpoints: [endpoint("middle", "1")] },
      ],
    },
    { nowMs: site.clock.nowMs() - 1_000 },
  );
  await site.database.pool.query("UPDATE provider SET status = 'active'");
  const { key } = await createKey(site.database.db, {
    organizationId: owner.organizationId,
    projectId: await defaultProjectId(site.database.db, owner.organizationId),
    memberId: null,
    name: "k",
  });
  keyId = key.id;
});
afterAll(() => site.database.close());

interface Ran {
  readonly routes: { provider: string; model: string; endpointId: string; because: string[] }[];
  readonly excluded: { provider: string; reason: string }[];
}
const run = async (input: Record<string, unknown> = {}) => {
  const answer = await site.call("routing.dryRun", { model: "a/m", ...input }, owner.headers);
  expect(answer).toMatchObject({ code: "ok" });
  const { routes, excluded } = answer.data as Ran;
  return {
    routes,
    order: routes.map(({ provider }) => provider),
    out: excluded.map(({ provider, reason }) => `${provider} ${reason}`),
  };
};
const write = (routing: unknown, key?: string) =>
  site.call("routing.write", { routing, keyId: key ?? null }, owner.headers);

it("says who is asked in which order, and why the others are not", async () => {
  expect(await run()).toMatchObject({ order: ["cheap", "middle"], out: ["dear fallback_premium"] });
  expect((await run({ body: { provider: { order: ["dear"] } } })).order[0]).toBe("dear");
  expect(await run({ promptTokens: 5_000 })).toMatchObject({
    order: [],
    out: Array(3).fill(expect.stringContaining("context_length")),
  });
  expect((await site.call("routing.dryRun", { model: "a/none" }, owner.headers)).code).toBe(
    "model_not_found",
  );
  expect(
    (await site.call("routing.dryRun", { model: "a/m", body: { provider: { sort: "luck" } } }, owner.headers))
      .code,
  ).toBe("invalid_request");
});

it("sees the live health that requests see", async () => {
  const [first] = (await run()).routes;
  const { board } = site.services.routing;
  for (let n = 0; n < 5; n += 1) board.report(first?.endpointId ?? "", { outcome: "failure" });
  const { order, routes } = await run();
  expect(order).toEqual(["middle", "cheap"]);
  expect(routes[1]?.because.join()).toContain("circuit breaker is open");
  const status = await site.call("health.status", undefined, new Headers());
  expect(status.data).toMatchObject({
    providers: [{ slug: "cheap", status: "down", troubled: ["a/m"] }, {}, {}],
  });
  const success = { outcome: "success", firstTokenMs: 100, durationMs: 1_100, outputTokens: 50 } as const;
  for (let n = 0; n < 15; n += 1) board.report(first?.endpointId ?? "", success);
  // Figures are remembered for a second.
  site.clock.advance(1_000);
  const model = await site.call("health.model", { slug: "a/m" }, new Headers());
  const [seen] = (
    model.data as { endpointId: string; windows: Record<string, Record<string, number>> }[]
  ).filter(({ endpointId }) => endpointId === first?.endpointId);
  expect(seen?.windows).toMatchObject({
    last5m: { requests: 20, successShare: 0.75 },
    last30m: {},
    last1d: {},
  });
  expect(seen?.windows.last5m?.tokensPerSecondP95).toBeGreaterThan(43);
});

it("binds the organization's policy, then the key's, and shows a draft without keeping it", async () => {
  expect(await write({ blockedProviders: ["middle"] })).toMatchObject({ code: "ok" });
  expect(await write({ blockedProviders: ["cheap"] }, keyId)).toMatchObject({ code: "ok" });
  expect((await run()).out).toContain("middle provider_not_allowed");
  expect((await run({ keyId })).order).toEqual(["dear"]);
  const draft = await run({ keyId, draft: { fallbackModels: { "a/m": ["a/other"] } } });
  // The fallback model is at a provider that the organization blocks; the breaker of the cheap one is still open.
  expect(draft).toMatchObject({ order: ["dear", "cheap"] });
  expect(draft.out.filter((line) => line === "middle provider_not_allowed")).toHaveLength(2);
  expect((await site.call("routing.policy", { keyId }, owner.headers)).data).toMatchObject({
    blockedProviders: ["cheap"],
  });
  const { rows } = await site.database.pool.query(
    "SELECT action FROM audit_event WHERE chain = $1 AND action LIKE '%policy%' ORDER BY sequence",
    [owner.organizationId],
  );
  expect(rows).toEqual([{ action: "organization.policy_changed" }, { action: "routing_policy.changed" }]);
});
