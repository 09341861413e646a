// Harm prevented: a key that may spend more a month than the organization's policy says, because it was made before, made at
// the same moment, or given a larger budget afterwards.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type BudgetTerms, listBudgets } from "@/server/budgets";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { revokeKey } from "@/server/keys";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import { manualClock } from "@/server/platform/clock";
import {
  applyPolicy,
  changeBudget,
  dropBudget,
  issueKey,
  organizationPolicySchema,
  playgroundKey,
  setBudget,
} from ".";

const USD = 1_000_000_000n;
const clock = manualClock();
const by = SYSTEM_ACTOR;
let database: TestDatabase;
let team: OwnerFixture;
beforeAll(async () => {
  database = await testDatabase({ maxConnections: 10 });
});
afterAll(() => database.close());
beforeEach(async () => {
  team = await createOwnerFixture(database.db);
});

const limitTo = (maxMonthlyBudgetUsd: string | null) =>
  database.db.transaction((tx) =>
    applyPolicy(tx, clock, by, {
      organizationId: team.organizationId,
      policy: organizationPolicySchema.parse({ keys: { maxMonthlyBudgetUsd } }),
    }),
  );
const key = async (name = "Key") => {
  const { key: made } = await database.db.transaction((tx) =>
    issueKey(tx, clock, { role: "owner", audit: by }, { ...team, name }),
  );
  return made.id;
};
const budgets = async (keyId: string) =>
  (await listBudgets(database.db, team.organizationId, clock.nowMs()))
    .filter(({ scopeId }) => scopeId === keyId)
    .map(({ id, window, isHard, isRolling, amountNanoUsd }) => ({
      id,
      window,
      isHard,
      isRolling,
      usd: Number(amountNanoUsd / USD),
    }));
const cap = (usd: number) => ({ window: "month", isHard: true, isRolling: false, usd });
const terms = (keyId: string, change: Partial<BudgetTerms> = {}): BudgetTerms => ({
  scope: "key",
  scopeId: keyId,
  window: "month",
  isRolling: false,
  isHard: true,
  amountNanoUsd: 10n * USD,
  thresholds: [],
  ...change,
});
const set = (keyId: string, change: Partial<BudgetTerms> = {}) =>
  database.db.transaction((tx) =>
    setBudget(tx, clock, {
      organizationId: team.organizationId,
      by,
      memberId: null,
      terms: terms(keyId, change),
    }),
  );
const change = (budgetId: string, keyId: string, changed: Partial<BudgetTerms>) =>
  database.db.transaction((tx) =>
    changeBudget(tx, clock, {
      organizationId: team.organizationId,
      by,
      budgetId,
      change: terms(keyId, changed),
    }),
  );
const drop = (budgetId: string) =>
  database.db.transaction((tx) =>
    dropBudget(tx, clock, { organizationId: team.organizationId, by, budgetId }),
  );
const REFUSED = { code: "conflict", metadata: { reason: "key_budget_policy" } };

describe("the largest budget of a key", () => {
  it("is given to keys that there are, to new ones, and to those made at the same moment", async () => {
    const old = await key();
    const gone = await key("Gone");
    await database.db.transaction((tx) =>
      revokeKey(tx, { organizationId: team.organizationId, keyId: gone, by }, clock),
    );
    const [, ...raced] = await Promise.all([limitTo("20"), key("a"), key("b"), key("c")]);
    const fresh = await key("d");
    for (const id of [old, fresh, ...raced]) expect(await budgets(id)).toMatchObject([cap(20)]);
    expect(await budgets(gone)).toEqual([]);
  });

  it("lowers a larger one, and leaves a smaller one and other windows alone", async () => {
    const [large, small] = [await key("l"), await key("s")];
    await set(large, { amountNanoUsd: 50n * USD });
    await set(small, { amountNanoUsd: 5n * USD });
    await set(small, { window: "day", amountNanoUsd: 90n * USD });
    await limitTo("20");
    expect(await budgets(large)).toMatchObject([cap(20)]);
    expect((await budgets(small)).map(({ usd }) => usd).sort()).toEqual([5, 90]);
  });

  it("cannot be passed by a larger, a soft, a rolling or a removed budget, and leaves the one there was", async () => {
    await limitTo("20");
    const id = await key();
    const [own] = await budgets(id);
    const budgetId = own?.id ?? "";
    await expect(set(id, { amountNanoUsd: 21n * USD })).rejects.toMatchObject(REFUSED);
    await expect(change(budgetId, id, { amountNanoUsd: 21n * USD })).rejects.toMatchObject(REFUSED);
    await expect(change(budgetId, id, { isHard: false })).rejects.toMatchObject(REFUSED);
    await expect(change(budgetId, id, { isRolling: true })).rejects.toMatchObject(REFUSED);
    await expect(change(budgetId, id, { window: "total" })).rejects.toMatchObject(REFUSED);
    await expect(drop(budgetId)).rejects.toMatchObject(REFUSED);
    expect(await budgets(id)).toMatchObject([cap(20)]);
    await change(budgetId, id, { amountNanoUsd: 3n * USD });
    await set(id, { amountNanoUsd: 4n * USD });
    await drop(budgetId);
    expect(await budgets(id)).toMatchObject([cap(4)]);
  });

  it("holds for the key of a playground, also when the policy came later", async () => {
    const whose = { organizationId: team.organizationId, memberId: team.memberId, by };
    const play = () => database.db.transaction((tx) => playgroundKey(tx, clock, whose));
    await limitTo("20");
    const id = await play();
    expect(await budgets(id)).toMatchObject([cap(20)]);
    expect(await play()).toBe(id);
    await limitTo("7");
    expect(await budgets(id)).toMatchObject([cap(7)]);
  });

  it("lets go when the policy does, and when the key is gone", async () => {
    await limitTo("20");
    const [id, gone] = [await key("a"), await key("b")];
    const idOf = async (keyId: string) => (await budgets(keyId))[0]?.id ?? "";
    await database.db.transaction((tx) =>
      revokeKey(tx, { organizationId: team.organizationId, keyId: gone, by }, clock),
    );
    await drop(await idOf(gone));
    await limitTo(null);
    await drop(await idOf(id));
    expect(await budgets(await key("c"))).toEqual([]);
  });

  it("is a real amount", () => {
    for (const wrong of ["0", "0.001", "-1", "1e3", ""])
      expect(organizationPolicySchema.safeParse({ keys: { maxMonthlyBudgetUsd: wrong } }).success).toBe(
        false,
      );
  });
});
