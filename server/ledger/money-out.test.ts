// Harm prevented: money that is refunded and spent, a dispute that is charged twice, or a debt that nobody sees.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { aFinish, anIntent, createMoneyFixture } from "./fixtures";
import {
  checkInvariants,
  createIntents,
  creditBalance,
  type Debit,
  debitBalance,
  moveOutside,
  readBalance,
  rotateLease,
} from "./index";

const USD = 1_000_000_000n;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => expect(await checkInvariants(database.pool)).toEqual([]));
afterAll(() => database.close());

const debitOf = (organizationId: string, amountNanoUsd: bigint, over: Partial<Debit> = {}): Debit => ({
  organizationId,
  kind: "refund",
  source: newId("order"),
  amountNanoUsd,
  to: "clearing",
  mayOwe: false,
  ...over,
});
const take = (debit: Debit) => database.db.transaction((tx) => debitBalance(tx, debit));
const totalOf = async (organizationId: string) =>
  (await readBalance(database.db, organizationId)).totalNanoUsd;

describe("a refund", () => {
  it("takes money once, however often it is asked for", async () => {
    const { organizationId } = await createMoneyFixture(database.db, 10n * USD);
    const debit = debitOf(organizationId, 4n * USD);
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => take(debit)));
    expect(verdicts.filter(({ verdict }) => verdict === "taken")).toHaveLength(1);
    expect(await totalOf(organizationId)).toBe(6n * USD);
  });

  it("calls money back from a lease, but not what a running request holds", async () => {
    const fixture = await createMoneyFixture(database.db, 10n * USD);
    const { organizationId } = fixture;
    const intents = createIntents(database.pool);
    const rotation = await rotateLease(database.pool, organizationId, 9n * USD);
    if (rotation.verdict !== "ok") throw new Error("no lease");
    const running = anIntent(fixture, 3n * USD, { leaseId: rotation.leaseId });
    expect(await intents.start(running)).toBe("ok");
    expect(await take(debitOf(organizationId, 8n * USD))).toEqual({
      verdict: "insufficient",
      availableNanoUsd: 7n * USD,
    });
    expect(await take(debitOf(organizationId, 7n * USD))).toMatchObject({ verdict: "taken" });
    // The fenced lease takes no further request, and the running one settles as if nothing had happened.
    expect(await intents.start(anIntent(fixture, 1n, { leaseId: rotation.leaseId }))).toBe("closed");
    expect(await intents.finish(aFinish(fixture, running.id, 1_000n))).toMatchObject({ verdict: "settled" });
    expect(await totalOf(organizationId)).toBe(3n * USD - 1_600_000n);
  });

  it("and spending at the same moment never come to more than there was", async () => {
    const fixture = await createMoneyFixture(database.db, 10n * USD);
    const { organizationId } = fixture;
    const intents = createIntents(database.pool);
    const spend = async () => {
      const rotation = await rotateLease(database.pool, organizationId, USD);
      if (rotation.verdict !== "ok") return 0n;
      const intent = anIntent(fixture, USD, { leaseId: rotation.leaseId });
      return (await intents.start(intent)) === "ok" ? USD : 0n;
    };
    const refund = async () => ((await take(debitOf(organizationId, USD))).verdict === "taken" ? USD : 0n);
    const used = await Promise.all(Array.from({ length: 24 }, (_, n) => (n % 2 ? spend() : refund())));
    expect(used.reduce<bigint>((sum, amount) => sum + amount, 0n)).toBeLessThanOrEqual(10n * USD);
  });

  it("gives the money back when the payment provider refuses it", async () => {
    const { organizationId } = await createMoneyFixture(database.db, 5n * USD);
    const debit = debitOf(organizationId, 5n * USD);
    await take(debit);
    const back = {
      organizationId,
      kind: "refund_reversed",
      bucket: "paid",
      source: debit.source,
      amountNanoUsd: 5n * USD,
    } as const;
    expect(await creditBalance(database.db, back)).toBe(true);
    expect(await creditBalance(database.db, back)).toBe(false);
    expect(await totalOf(organizationId)).toBe(5n * USD);
  });
});

describe("a dispute", () => {
  it("becomes a debt as far as the money is spent, and is undone when it is won", async () => {
    const { organizationId } = await createMoneyFixture(database.db, 3n * USD);
    const source = newId("order");
    const dispute = debitOf(organizationId, 10n * USD, {
      kind: "dispute",
      source,
      to: "frozen",
      mayOwe: true,
    });
    expect(await take(dispute)).toEqual({
      verdict: "taken",
      takenNanoUsd: 3n * USD,
      owedNanoUsd: 7n * USD,
    });
    expect(await readBalance(database.db, organizationId)).toMatchObject({
      totalNanoUsd: -7n * USD,
      debtNanoUsd: 7n * USD,
    });
    expect((await rotateLease(database.pool, organizationId, 1n)).verdict).toBe("insufficient");
    const won = {
      organizationId,
      kind: "dispute_reinstated",
      bucket: "paid",
      source,
      amountNanoUsd: 10n * USD,
    } as const;
    expect([await creditBalance(database.db, won), await creditBalance(database.db, won)]).toEqual([
      true,
      false,
    ]);
    expect(await readBalance(database.db, organizationId)).toMatchObject({
      totalNanoUsd: 3n * USD,
      debtNanoUsd: 0n,
    });
  });

  it("that is lost leaves the debt to the next top-up", async () => {
    const { organizationId } = await createMoneyFixture(database.db, USD);
    const source = newId("order");
    await take(debitOf(organizationId, 4n * USD, { kind: "dispute", source, to: "frozen", mayOwe: true }));
    const lost = {
      organizationId,
      kind: "dispute_lost",
      source,
      from: "frozen",
      to: "clearing",
      amountNanoUsd: 4n * USD,
    } as const;
    expect([await moveOutside(database.db, lost), await moveOutside(database.db, lost)]).toEqual([
      true,
      false,
    ]);
    await creditBalance(database.db, {
      organizationId,
      kind: "top_up",
      bucket: "paid",
      source: newId("order"),
      amountNanoUsd: 10n * USD,
    });
    expect(await readBalance(database.db, organizationId)).toMatchObject({
      totalNanoUsd: 7n * USD,
      debtNanoUsd: 0n,
    });
  });
});
