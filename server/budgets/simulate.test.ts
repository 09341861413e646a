// Harm prevented: a budget that is set because of an answer that the gate would not have given.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usageHour } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { type BudgetTerms, simulateBudget } from "./index";
import { replay, type SpendHour } from "./simulate";

const USD = 1_000_000_000n;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.parse("2026-11-02T00:00:00Z");

const terms = (change: Partial<BudgetTerms>): BudgetTerms => ({
  scope: "organization",
  scopeId: "org",
  window: "day",
  isRolling: false,
  isHard: true,
  amountNanoUsd: 10n * USD,
  thresholds: [50, 100],
  ...change,
});
const hour = (atHour: number, usd: bigint, requests = 10): SpendHour => ({
  startsAtMs: START + atHour * HOUR,
  spentNanoUsd: usd * USD,
  requests,
});
const run = (change: Partial<BudgetTerms>, hours: SpendHour[], before = 0n) =>
  replay(terms(change), hours, { fromMs: START, toMs: START + 30 * DAY, before });

describe("a hard budget", () => {
  it("refuses what does not fit into its day, and begins anew at midnight UTC", () => {
    const result = run({}, [hour(0, 6n), hour(23, 6n), hour(24, 6n)]);
    expect(result).toMatchObject({
      spentNanoUsd: 18n * USD,
      requests: 30,
      blockedNanoUsd: 2n * USD,
      blockedRequests: 3,
      blockedHours: 1,
      firstBlockedAtMs: START + 23 * HOUR,
    });
    expect(result.alerts).toEqual([
      { threshold: 50, times: 2 },
      { threshold: 100, times: 1 },
    ]);
  });

  it("counts what it refused as not spent: a rolling day frees what passed, hour by hour", () => {
    const result = run({ isRolling: true }, [hour(0, 10n), hour(12, 10n), hour(24, 10n)]);
    expect(result).toMatchObject({ blockedNanoUsd: 10n * USD, blockedHours: 1 });
  });

  it.each([
    ["5h", [hour(0, 10n), hour(4, 1n), hour(5, 10n)], 1n],
    ["week", [hour(0, 10n), hour(6 * 24, 1n), hour(7 * 24, 10n)], 1n],
    ["month", [hour(0, 10n), hour(28 * 24, 1n), hour(29 * 24, 10n)], 1n],
    ["total", [hour(0, 10n), hour(29 * 24, 1n)], 1n],
  ] as const)("per %s", (window, hours, blocked) => {
    expect(run({ window }, [...hours]).blockedNanoUsd).toBe(blocked * USD);
  });

  it("over all time counts what was spent before", () => {
    expect(run({ window: "total" }, [hour(0, 4n)], 8n * USD).blockedNanoUsd).toBe(2n * USD);
  });
});

describe("a soft budget", () => {
  it("is shown what a hard one would refuse, and alerts at all that was spent", () => {
    const result = run({ isHard: false, thresholds: [100] }, [hour(0, 6n), hour(1, 6n), hour(2, 6n)]);
    expect(result.alerts).toEqual([{ threshold: 100, times: 1 }]);
    expect(result.blockedHours).toBe(2);
  });
});

describe("the roll-ups", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  const spent = (money: MoneyFixture, keyId: string, at: number, usd: bigint) =>
    database.db.insert(usageHour).values({
      organizationId: money.organizationId,
      hour: new Date(at),
      projectId: money.projectId,
      memberId: "",
      keyId,
      modelSlug: "m",
      providerSlug: "p",
      requests: 4n,
      failed: 0n,
      inputTokens: 0n,
      cachedInputTokens: 0n,
      cacheWriteTokens: 0n,
      outputTokens: 0n,
      reasoningTokens: 0n,
      audioTokens: 0n,
      cost: usd * USD,
      supplierCost: 0n,
      latencyMsSum: 0n,
      latencyCount: 0n,
      ttftMsSum: 0n,
      ttftCount: 0n,
    });

  it("are those of the scope alone, of 30 days, and of nobody else", async () => {
    const money = await createMoneyFixture(database.db, 0n);
    const other = await createMoneyFixture(database.db, 0n);
    const nowMs = START + 30 * DAY - HOUR;
    await spent(money, money.keyId, START + DAY, 12n);
    await spent(money, "key_other", START + DAY, 5n);
    await spent(money, money.keyId, START - DAY, 90n);
    await spent(other, money.keyId, START + DAY, 500n);
    const of = (scope: BudgetTerms["scope"], scopeId: string) =>
      simulateBudget(database.db, {
        organizationId: money.organizationId,
        nowMs,
        terms: terms({ scope, scopeId }),
      });
    expect(await of("key", money.keyId)).toMatchObject({
      fromMs: START,
      spentNanoUsd: 12n * USD,
      requests: 4,
      blockedNanoUsd: 2n * USD,
    });
    expect(await of("organization", money.organizationId)).toMatchObject({ spentNanoUsd: 17n * USD });
    await expect(of("key", other.keyId)).rejects.toMatchObject({ code: "not_found" });
  });
});
