// Harm prevented: a counter store that admits what another would refuse, or forgets what it was told.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { manualClock } from "@/server/platform/clock";
import type { AdmitRequest, CounterStore, Installation } from "./contract";
import { AT_MS, aCap, aKey, aRequest, aState, STORE_KINDS, startStores } from "./fixtures";

let stores: Awaited<ReturnType<typeof startStores>>;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe.each(STORE_KINDS)("the counter store: %s", (kind) => {
  let store: CounterStore;
  let clock: ReturnType<typeof manualClock>;
  beforeEach(async () => {
    await stores.empty();
    clock = manualClock(AT_MS);
    store = stores.make(kind, clock);
  });

  const admit = (requestId: string, amount: bigint, overrides: Partial<AdmitRequest> = {}) =>
    store.admit(aRequest(requestId, amount, overrides));
  const install = (overrides: Partial<Installation> = {}) =>
    store.install("org_1", {
      generation: 1,
      lease: { id: "lse_1", granted: 1_000n },
      state: aState(),
      follows: 0,
      lock: "me",
      ...overrides,
    });
  const finish = (requestId: string, spent: bigint, tokens: number | null = null) =>
    store.finish("org_1", requestId, { spent, tokens });

  it("prevents spending what was never lent, and gives back what a hold did not use", async () => {
    expect(await admit("a", 1n)).toMatchObject({ kind: "lost", generation: 0, nowMs: AT_MS });
    expect(await install()).toBe(true);
    expect(await admit("a", 600n)).toMatchObject({
      kind: "ok",
      basis: { leaseId: "lse_1", generation: 1, version: 1, nowMs: AT_MS },
    });
    expect(await admit("b", 500n)).toMatchObject({ kind: "rotate", basis: { leaseId: "lse_1" } });
    await finish("a", 100n);
    expect(await admit("b", 900n)).toMatchObject({ kind: "ok" });
    expect(await store.read("org_1")).toMatchObject({ remaining: 0n, holds: [{ id: "b", amount: 900n }] });
    expect(await store.organizations()).toEqual(["org_1"]);
  });

  it("prevents a double hold and a double end", async () => {
    await install();
    await admit("a", 100n);
    expect(await admit("a", 100n)).toEqual({ kind: "duplicate" });
    await finish("a", 40n);
    await finish("a", 40n);
    await finish("a", 90n);
    expect((await store.read("org_1"))?.remaining).toBe(960n);
    // Whether it has been a request before is what Postgres knows.
    expect(await admit("a", 100n, { isAgain: true })).toMatchObject({ kind: "ok" });
  });

  it("prevents a passed budget: each binds on its own, and the furthest from carrying it is named", async () => {
    const caps = [
      aCap("b_org", 500n),
      aCap("b_key", 300n, { scope: "key", scopeId: "key_1", spent: 100n }),
      aCap("b_other", 1n, { scope: "key", scopeId: "key_2" }),
      aCap("b_member", 900n, {
        scope: "member",
        scopeId: "mem_1",
        window: "total",
        endsAtMs: null,
        resetsAtMs: null,
      }),
    ];
    await install({ state: aState({ caps }) });
    expect(await admit("a", 200n)).toMatchObject({ kind: "ok" });
    expect(await admit("b", 1n)).toMatchObject({
      kind: "cap",
      cap: { id: "b_key", scope: "key", limit: 300n, spent: 100n, reserved: 200n, recovered: 0n },
    });
    expect(await admit("b", 301n, { keyId: "key_1" })).toMatchObject({ cap: { id: "b_key" } });
    expect(await admit("c", 300n, { memberId: null, projectId: "prj_2", keyId: "key_2" })).toMatchObject({
      cap: { id: "b_other" },
    });
    await finish("a", 150n);
    expect(await admit("d", 50n)).toMatchObject({ kind: "ok" });
    expect((await store.read("org_1"))?.caps.find(({ id }) => id === "b_org")).toMatchObject({
      spent: 150n,
      held: 50n,
    });
    // What cannot cost anything passes an exhausted budget and an empty lease.
    expect(await admit("free", 0n)).toMatchObject({ kind: "ok" });
  });

  it("prevents a window from outliving its end", async () => {
    await install({ state: aState({ caps: [aCap("b", 500n, { endsAtMs: AT_MS + 1_000 })] }) });
    expect(await admit("a", 500n)).toMatchObject({ kind: "ok" });
    clock.advance(1_000);
    expect(await admit("b", 500n)).toMatchObject({ kind: "lost" });
    expect(await admit("free", 0n)).toMatchObject({ kind: "ok" });
  });

  it("prevents an old installation from replacing a newer one, and a refill from following what it did not see", async () => {
    await install({ generation: 5 });
    expect(await install({ generation: 4, lease: { id: "old", granted: 9n } })).toBe(false);
    expect(await install({ generation: 6, state: null, follows: 4 })).toBe(false);
    await admit("a", 100n);
    expect(
      await install({ generation: 7, lease: { id: "lse_2", granted: 50n }, state: null, follows: 5 }),
    ).toBe(true);
    await finish("a", 10n);
    expect(await store.read("org_1")).toMatchObject({ leaseId: "lse_2", remaining: 50n });
    await store.fence("org_1", 5);
    expect(await admit("b", 10n)).toMatchObject({ kind: "ok" });
    await store.fence("org_1", 7);
    expect(await admit("c", 10n)).toMatchObject({
      kind: "rotate",
      basis: { leaseId: "lse_2", generation: 7 },
    });
    await store.forget("org_1", 7);
    expect(await admit("c", 10n)).toMatchObject({ kind: "lost", generation: 7 });
    expect(await store.read("org_1")).toBeNull();
  });

  it("prevents lost holds and lost spending in a rebuild, also when a request ends meanwhile", async () => {
    const hold = {
      amount: 100n,
      leaseId: "lse_0",
      keyId: "key_1",
      expiresAtMs: AT_MS + 60_000,
      capIds: ["b"],
    };
    await finish("ended", 30n);
    await install({
      state: aState({
        caps: [aCap("b", 1_000n, { spent: 10n })],
        holds: [
          { ...hold, id: "running" },
          { ...hold, id: "ended" },
        ],
      }),
    });
    expect(await store.read("org_1")).toMatchObject({
      caps: [{ id: "b", spent: 40n, held: 100n }],
      holds: [{ id: "running" }],
    });
    expect(await admit("x", 900n)).toMatchObject({ kind: "cap", cap: { reserved: 100n, recovered: 100n } });
    await finish("running", 70n);
    expect(await store.read("org_1")).toMatchObject({ caps: [{ spent: 110n, held: 0n }], remaining: 1_000n });
  });

  it("prevents keys from outliving their end", async () => {
    await install({ state: aState({ keys: [aKey("key_1", {}, AT_MS + 10)] }) });
    expect(await admit("a", 1n)).toMatchObject({ kind: "ok" });
    expect(await admit("b", 1n, { keyId: "key_9" })).toMatchObject({ kind: "key", basis: { version: 1 } });
    clock.advance(10);
    expect(await admit("b", 1n)).toMatchObject({ kind: "key" });
  });

  it("prevents more than the rates allow: requests, tokens and at once, by key and organization", async () => {
    await install({
      state: aState({
        rates: { requests: 100, tokens: null, concurrent: 3 },
        keys: [aKey("key_1", { requests: 2, tokens: 100 }), aKey("key_2", { tokens: 100 }), aKey("key_3")],
      }),
    });
    expect(await admit("a", 1n)).toMatchObject({
      kind: "ok",
      rates: {
        requests: { limit: 2, remaining: 1, resetMs: 30_000 },
        tokens: { limit: 100, remaining: 90, resetMs: 6_000 },
      },
    });
    await admit("b", 1n);
    expect(await admit("c", 1n)).toMatchObject({
      kind: "rate",
      rate: { which: "requests", scope: "key", limit: 2, retryAfterMs: 30_000 },
    });
    expect(await admit("c", 1n, { keyId: "key_2", tokens: 500 })).toMatchObject({ kind: "ok" });
    expect(await admit("d", 1n, { keyId: "key_3" })).toMatchObject({
      rate: { which: "concurrent", scope: "organization", limit: 3 },
    });
    await finish("c", 0n, 50);
    expect(await admit("d", 1n, { keyId: "key_2", tokens: 60 })).toMatchObject({
      rate: { which: "tokens", scope: "key", limit: 100, retryAfterMs: 6_000 },
    });
    clock.advance(6_000);
    expect(await admit("d", 1n, { keyId: "key_2", tokens: 60 })).toMatchObject({ kind: "ok" });
    // Sent round again by Postgres: it has paid its rates.
    await finish("d", 0n);
    expect(await admit("d", 1n, { keyId: "key_2", tokens: 60, isAgain: true })).toMatchObject({ kind: "ok" });
  });

  it("prevents two refills at once, and a stall when the first dies", async () => {
    expect(await admit("a", 1n)).toMatchObject({ kind: "lost" });
    expect(await admit("a", 1n)).toMatchObject({ kind: "lost" });
    expect(await admit("b", 1n, { lock: "other" })).toEqual({ kind: "wait" });
    clock.advance(301);
    expect(await admit("b", 1n, { lock: "other" })).toMatchObject({ kind: "lost" });
    await store.unlock("org_1", "me");
    expect(await admit("a", 1n)).toEqual({ kind: "wait" });
    await store.unlock("org_1", "other");
    expect(await admit("a", 1n)).toMatchObject({ kind: "lost" });
  });

  it("counts exactly just below 2^53 and refuses to be told more", async () => {
    const most = 2n ** 53n - 1n;
    await install({ lease: { id: "lse_1", granted: most }, state: aState({ caps: [aCap("b", most)] }) });
    expect(await admit("a", most - 1n)).toMatchObject({ kind: "ok" });
    expect(await admit("b", 2n)).toMatchObject({ kind: "cap" });
    expect(await admit("b", 1n)).toMatchObject({ kind: "ok" });
    expect((await store.read("org_1"))?.remaining).toBe(0n);
    const tooMuch = { id: "lse_2", granted: 2n ** 53n };
    await expect(install({ generation: 2, lease: tooMuch })).rejects.toThrow(RangeError);
  });
});
