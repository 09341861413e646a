// Harm prevented: a budget that tells its owner something else than it enforces, or an alert that comes twice or never.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createIntents, rotateLease, sweep } from "@/server/ledger";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import {
  type BudgetTerms,
  createBudget,
  listBudgets,
  markDelivered,
  raiseAlerts,
  removeBudget,
  setRateLimits,
  undeliveredAlerts,
  updateBudget,
} from "./index";

let database: TestDatabase;
const USD = 1_000_000_000n;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const terms = (fixture: MoneyFixture, overrides: Partial<BudgetTerms> = {}): BudgetTerms => ({
  scope: "organization",
  scopeId: fixture.organizationId,
  window: "day",
  isRolling: false,
  isHard: false,
  amountNanoUsd: USD / 100n,
  thresholds: [100, 50, 50],
  ...overrides,
});
const create = (fixture: MoneyFixture, overrides: Partial<BudgetTerms> = {}) =>
  createBudget(database.db, systemClock, {
    organizationId: fixture.organizationId,
    by: SYSTEM_ACTOR,
    memberId: null,
    terms: terms(fixture, overrides),
  });

/** A settled request of `tokens` output tokens (1,600 nano-USD each), admitted at an instant. */
async function spend(fixture: MoneyFixture, tokens: bigint, admittedAtMs?: number) {
  const rotation = await rotateLease(database.pool, fixture.organizationId, tokens * 1_600n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  const intents = createIntents(database.pool);
  const intent = anIntent(fixture, tokens * 1_600n, {
    leaseId: rotation.leaseId,
    ...(admittedAtMs ? { admittedAtMs } : {}),
  });
  expect(await intents.start(intent)).toBe("ok");
  await intents.finish(aFinish(fixture, intent.id, tokens));
}
const window = async (name: string, isRolling: boolean, at: string) => {
  const { rows } = await database.pool.query<{ starts: Date; ends: Date }>(
    "SELECT starts, ends FROM budget_window($1, $2, $3)",
    [name, isRolling, at],
  );
  return [rows[0]?.starts.toISOString(), rows[0]?.ends.toISOString()];
};

describe("windows", () => {
  it.each([
    ["5h", false, "2026-03-29T23:59:59.999Z", "2026-03-29T20:00:00.000Z", "2026-03-30T00:00:00.000Z"],
    ["5h", false, "2026-03-30T00:00:00.000Z", "2026-03-30T00:00:00.000Z", "2026-03-30T05:00:00.000Z"],
    ["day", false, "2024-02-29T12:00:00.000Z", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
    // Weeks start on Monday: the first of these is a Sunday.
    ["week", false, "2026-03-29T12:00:00.000Z", "2026-03-23T00:00:00.000Z", "2026-03-30T00:00:00.000Z"],
    ["week", false, "2026-03-30T00:00:00.000Z", "2026-03-30T00:00:00.000Z", "2026-04-06T00:00:00.000Z"],
    ["month", false, "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    // Rolling ones cover at least their length, in steps.
    ["5h", true, "2026-03-30T12:07:00.000Z", "2026-03-30T07:00:00.000Z", "2026-03-30T12:15:00.000Z"],
    ["day", true, "2026-03-30T12:59:00.000Z", "2026-03-29T12:00:00.000Z", "2026-03-30T13:00:00.000Z"],
    ["month", true, "2026-03-30T12:59:00.000Z", "2026-02-28T00:00:00.000Z", "2026-03-31T00:00:00.000Z"],
  ])("%s, rolling %s, at %s", async (name, isRolling, at, starts, ends) => {
    expect(await window(name, isRolling, at)).toEqual([starts, ends]);
  });

  it("count a request in the window in which it was admitted, whenever it ends", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    await create(fixture);
    const midnight = new Date(systemClock.nowMs()).setUTCHours(0, 0, 0, 0);
    await spend(fixture, 100n, midnight - 1);
    await spend(fixture, 10n, midnight + 1);
    const at = async (nowMs: number) => (await listBudgets(database.db, fixture.organizationId, nowMs))[0];
    expect(await at(midnight + 1)).toMatchObject({ spentNanoUsd: 16_000n });
    expect(await at(midnight - 1)).toMatchObject({ spentNanoUsd: 160_000n, resetsAt: new Date(midnight) });
    await database.pool.query("SELECT fold_cap_usage(now())");
    await create(fixture, { window: "total" });
    const all = await listBudgets(database.db, fixture.organizationId, midnight + 1);
    expect(all.find((budget) => budget.window === "total")).toMatchObject({
      spentNanoUsd: 176_000n,
      resetsAt: null,
    });
  });
});

describe("terms", () => {
  it.each([
    ["amountNanoUsd", { amountNanoUsd: 0n }],
    ["amountNanoUsd", { amountNanoUsd: -1n }],
    ["amountNanoUsd", { amountNanoUsd: 2n ** 62n }],
    ["isRolling", { window: "total", isRolling: true }],
    ["thresholds", { thresholds: [0] }],
    ["thresholds", { thresholds: [50.5] }],
    ["thresholds", { thresholds: [101] }],
  ] as const)("refuse a wrong %s and leave no row", async (param, wrong) => {
    const fixture = await createMoneyFixture(database.db, 0n);
    await expect(create(fixture, wrong)).rejects.toMatchObject({ code: "invalid_request", param });
    expect(await listBudgets(database.db, fixture.organizationId, systemClock.nowMs())).toEqual([]);
  });

  it("bind only what belongs to the organization, and are changed and removed by it alone", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const other = await createMoneyFixture(database.db, 0n);
    await expect(create(fixture, { scope: "key", scopeId: other.keyId })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(create(fixture, { scopeId: other.organizationId })).rejects.toMatchObject({
      code: "not_found",
    });
    const { id } = await create(fixture, { scope: "key", scopeId: fixture.keyId });
    const [made] = await listBudgets(database.db, fixture.organizationId, systemClock.nowMs());
    expect(made).toMatchObject({ id, scopeName: "test", thresholds: [50, 100] });
    const by = SYSTEM_ACTOR;
    const theirs = { organizationId: other.organizationId, by, budgetId: id };
    await expect(removeBudget(database.db, systemClock, theirs)).rejects.toMatchObject({ code: "not_found" });
    await expect(
      updateBudget(database.db, systemClock, { ...theirs, change: terms(fixture) }),
    ).rejects.toMatchObject({ code: "not_found" });
    await removeBudget(database.db, systemClock, {
      organizationId: fixture.organizationId,
      by,
      budgetId: id,
    });
    expect(await listBudgets(database.db, fixture.organizationId, systemClock.nowMs())).toEqual([]);
  });

  it("of rate limits are whole numbers within the platform's own", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const set = (requestsPerMinute: number) =>
      setRateLimits(database.db, systemClock, {
        organizationId: fixture.organizationId,
        keyId: fixture.keyId,
        by: SYSTEM_ACTOR,
        terms: { requestsPerMinute, tokensPerMinute: null, maxConcurrent: null },
      });
    for (const wrong of [0, -1, 1.5, 2 ** 53, Number.NaN])
      await expect(set(wrong)).rejects.toMatchObject({ code: "invalid_request", param: "requestsPerMinute" });
    await set(60);
  });
});

describe("alerts", () => {
  it("are raised once per threshold and window, by any number of sweepers, and delivered once", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    await create(fixture);
    const mine = async () =>
      (await undeliveredAlerts(database.db, 100)).filter(
        ({ organizationId }) => organizationId === fixture.organizationId,
      );
    await spend(fixture, 3_000n);
    await raiseAlerts(database.pool);
    expect(await mine()).toEqual([]);
    await spend(fixture, 200n);
    await Promise.all(Array.from({ length: 10 }, () => raiseAlerts(database.pool)));
    expect(await mine()).toMatchObject([
      { threshold: 50, amountNanoUsd: USD / 100n, spentNanoUsd: 5_120_000n },
    ]);
    await spend(fixture, 4_000n);
    await raiseAlerts(database.pool);
    await raiseAlerts(database.pool);
    const raised = await mine();
    expect(raised.map(({ threshold }) => threshold)).toEqual([50, 100]);
    const [first] = raised;
    expect(await markDelivered(database.db, systemClock, first?.id ?? "")).toBe(true);
    expect(await markDelivered(database.db, systemClock, first?.id ?? "")).toBe(false);
    expect(await mine()).toHaveLength(1);
    await sweep(database.pool);
  });

  it.each([{ isHard: true }, { isHard: false }])(
    "come once for each of 50, 80 and 100 % and every window, also from a late sweeper: $isHard",
    async ({ isHard }) => {
      const fixture = await createMoneyFixture(database.db, USD);
      const { id } = await create(fixture, { window: "day", isHard, thresholds: [50, 80, 100] });
      const raised = async () => {
        await Promise.all([1, 2, 3].map(() => raiseAlerts(database.pool)));
        const { rows } = await database.pool.query<{ day: number; threshold: number }>(
          `SELECT (window_starts_at AT TIME ZONE 'UTC')::date - (now() AT TIME ZONE 'UTC')::date AS day, threshold
         FROM budget_alert WHERE budget_id = $1 ORDER BY 1, 2`,
          [id],
        );
        return rows.map(({ day, threshold }) => `${day}: ${threshold}`);
      };
      const aDayPasses = async () => {
        // By way of a far day: a row that is moved onto the day before must not meet one that has yet to leave it.
        for (const by of ["-1001 days", "1000 days"])
          await database.pool.query(
            "UPDATE cap_usage SET bucket = bucket + $2::interval WHERE organization_id = $1",
            [fixture.organizationId, by],
          );
        await database.pool.query(
          `WITH alerts AS (UPDATE budget_alert SET window_starts_at = window_starts_at - interval '1 day' WHERE budget_id = $1)
         UPDATE budget SET created_at = created_at - interval '1 day', updated_at = updated_at - interval '1 day' WHERE id = $1`,
          [id],
        );
      };
      await spend(fixture, 3_000n);
      expect(await raised()).toEqual([]);
      await spend(fixture, 200n);
      expect(await raised()).toEqual(["0: 50"]);
      await spend(fixture, 1_800n);
      expect(await raised()).toEqual(["0: 50", "0: 80"]);
      // Reached at the end of a day, and nobody looked before the next one had begun.
      await spend(fixture, 1_250n);
      await aDayPasses();
      expect(await raised()).toEqual(["-1: 50", "-1: 80", "-1: 100"]);
      expect(await raised()).toEqual(["-1: 50", "-1: 80", "-1: 100"]);
      // A window that has ended is not judged by what is set after it.
      await spend(fixture, 3_200n);
      expect(await raised()).toEqual(["-1: 50", "-1: 80", "-1: 100", "0: 50"]);
      await aDayPasses();
      await database.pool.query("UPDATE budget SET amount = 1, updated_at = now() WHERE id = $1", [id]);
      expect(await raised()).toEqual(["-2: 50", "-2: 80", "-2: 100", "-1: 50"]);
    },
  );

  it("of a rolling window come again only when its length has passed", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const { id } = await create(fixture, { window: "5h", isRolling: true, thresholds: [50] });
    await spend(fixture, 4_000n);
    await raiseAlerts(database.pool);
    const count = async () => {
      const { rows } = await database.pool.query<{ n: bigint }>(
        "SELECT count(*) AS n FROM budget_alert WHERE budget_id = $1",
        [id],
      );
      return Number(rows[0]?.n);
    };
    expect(await count()).toBe(1);
    await database.pool.query(
      "UPDATE budget_alert SET window_starts_at = window_starts_at - interval '1 hour', raised_at = raised_at - interval '1 hour' WHERE budget_id = $1",
      [id],
    );
    await raiseAlerts(database.pool);
    expect(await count()).toBe(1);
    await database.pool.query(
      "UPDATE budget_alert SET raised_at = raised_at - interval '5 hours' WHERE budget_id = $1",
      [id],
    );
    await raiseAlerts(database.pool);
    expect(await count()).toBe(2);
  });
});
