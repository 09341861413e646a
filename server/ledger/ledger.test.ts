import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKey, organization } from "@/db/schema";
import { testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { aFinish, anIntent, aVoid, createMoneyFixture } from "./fixtures";
import { checkInvariants, createIntents, creditBalance, readBalance, rotateLease, sweep } from "./index";

let database: Awaited<ReturnType<typeof testDatabase>>;
const USD = 1_000_000_000n;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function withLease(creditNanoUsd: bigint, minimum = 1n) {
  const fixture = await createMoneyFixture(database.db, creditNanoUsd);
  const rotation = await rotateLease(database.pool, fixture.organizationId, minimum);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  return {
    fixture,
    intents: createIntents(database.pool),
    leaseId: rotation.leaseId,
    granted: rotation.grantedNanoUsd,
  };
}

async function expectBooksRight() {
  expect(await checkInvariants(database.pool)).toEqual([]);
}

describe("money in", () => {
  it("prevents a credit from counting twice, also when fifty arrive at once", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const credit = {
      organizationId: fixture.organizationId,
      kind: "top_up",
      bucket: "paid",
      source: newId("order"),
      amountNanoUsd: 10n * USD,
    } as const;
    const credited = await Promise.all(Array.from({ length: 50 }, () => creditBalance(database.db, credit)));
    expect(credited.filter(Boolean)).toHaveLength(1);
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(10n * USD);
    await expectBooksRight();
  });
});

describe("intents", () => {
  it("prevents a provider call without money: a lease carries no more than it was granted", async () => {
    const { fixture, intents, leaseId, granted } = await withLease(USD);
    const verdicts = await Promise.all(
      Array.from({ length: 12 }, () => intents.start(anIntent(fixture, granted / 10n, { leaseId }))),
    );
    expect(verdicts.filter((verdict) => verdict === "ok")).toHaveLength(10);
    expect(verdicts.filter((verdict) => verdict === "short")).toHaveLength(2);
    await expectBooksRight();
  });

  it("prevents a double charge: five settlements at once with different costs, one wins", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const intent = anIntent(fixture, 10_000_000n, { leaseId });
    expect(await intents.start(intent)).toBe("ok");
    const others = Array.from({ length: 4 }, () => createIntents(database.pool));
    const verdicts = await Promise.all(
      [intents, ...others].map((one, index) => one.finish(aFinish(fixture, intent.id, BigInt(100 + index)))),
    );
    expect(verdicts.filter(({ verdict }) => verdict === "settled")).toHaveLength(1);
    const charged = verdicts.find(({ verdict }) => verdict === "settled")?.chargedNanoUsd ?? 0n;
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(USD - charged);
    await expectBooksRight();
  });

  it("prevents one provider's unstorable answer from keeping others unsettled: it is mended, or fails alone", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const odd = anIntent(fixture, 160_000n, { leaseId });
    const broken = anIntent(fixture, 160_000n, { leaseId });
    const good = anIntent(fixture, 160_000n, { leaseId });
    for (const intent of [odd, broken, good]) expect(await intents.start(intent)).toBe("ok");
    const finish = (id: string) => aFinish(fixture, id, 10n);
    const oddFinish = finish(odd.id);
    const brokenFinish = finish(broken.id);
    const settled = await Promise.allSettled([
      intents.finish({ ...oddFinish, ending: { ...oddFinish.ending, finishReason: "st\0op \ud800" } }),
      intents.finish({ ...brokenFinish, ending: { ...brokenFinish.ending, outputTokens: 2 ** 40 } }),
      intents.finish(finish(good.id)),
    ]);
    expect(settled.map((one) => (one.status === "fulfilled" ? one.value.verdict : one.status))).toEqual([
      "settled",
      "rejected",
      "settled",
    ]);
    const { rows } = await database.pool.query("SELECT finish_reason FROM request_log WHERE id = $1", [
      odd.id,
    ]);
    expect(rows).toEqual([{ finish_reason: "st\ufffdop \ufffd" }]);
    await intents.finish(aVoid(broken.id));
    await expectBooksRight();
  });

  it("prevents a request that is ended twice at once from spoiling the batch of all others", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const [twice, other] = [0, 1].map(() => anIntent(fixture, 10_000_000n, { leaseId }));
    if (!twice || !other) throw new Error("no intents");
    await Promise.all([intents.start(twice), intents.start(other)]);
    const verdicts = await Promise.all([
      intents.finish(aFinish(fixture, twice.id, 100n)),
      intents.finish(aFinish(fixture, twice.id, 200n)),
      intents.finish(aFinish(fixture, other.id, 300n)),
    ]);
    expect(verdicts.map(({ chargedNanoUsd }) => chargedNanoUsd)).toEqual([160_000n, 160_000n, 480_000n]);
    await expectBooksRight();
  });

  it("prevents a customer from paying above the hold: the platform carries the excess, visibly", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const intent = anIntent(fixture, 160_000n, { leaseId });
    await intents.start(intent);
    expect(await intents.finish(aFinish(fixture, intent.id, 1_000n))).toEqual({
      verdict: "settled",
      chargedNanoUsd: 160_000n,
    });
    const { rows } = await database.pool.query(
      "SELECT amount FROM transfer WHERE kind = 'overrun' AND source = $1",
      [intent.id],
    );
    expect(rows).toEqual([{ amount: 1_440_000n }]);
    await expectBooksRight();
  });

  it("prevents a charge for a failed request: a voided intent costs nothing and is in the log", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const intent = anIntent(fixture, 160_000n, { leaseId });
    await intents.start(intent);
    expect((await intents.finish(aVoid(intent.id))).verdict).toBe("voided");
    const { rows } = await database.pool.query("SELECT outcome, cost FROM request_log WHERE id = $1", [
      intent.id,
    ]);
    expect(rows).toEqual([{ outcome: "failed", cost: 0n }]);
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(USD);
    await expectBooksRight();
  });

  it("prevents a revoked or expired key, or a suspended organization, from spending: the next request sees it", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const start = () => intents.start(anIntent(fixture, 1_000n, { leaseId }));
    expect(await start()).toBe("ok");
    await database.db.execute(
      sql`UPDATE ${organization} SET status = 'suspended' WHERE id = ${fixture.organizationId}`,
    );
    expect(await start()).toBe("suspended");
    await database.db.execute(
      sql`UPDATE ${organization} SET status = 'active' WHERE id = ${fixture.organizationId}`,
    );
    await database.db.execute(sql`UPDATE ${apiKey} SET expires_at = now() WHERE id = ${fixture.keyId}`);
    expect(await start()).toBe("key");
    await database.db.execute(
      sql`UPDATE ${apiKey} SET expires_at = NULL, status = 'revoked' WHERE id = ${fixture.keyId}`,
    );
    expect(await start()).toBe("key");
  });

  it("prevents spending from a fenced lease: intents under a closed lease are refused", async () => {
    const { fixture, intents, leaseId } = await withLease(USD, USD / 2n);
    await rotateLease(database.pool, fixture.organizationId, USD);
    expect(await intents.start(anIntent(fixture, 1_000n, { leaseId }))).toBe("closed");
    await expectBooksRight();
  });

  it("prevents one organization from spending another's lease or key", async () => {
    const mine = await withLease(USD);
    const theirs = await createMoneyFixture(database.db, USD);
    expect(
      await mine.intents.start(
        anIntent(mine.fixture, 1_000n, { leaseId: mine.leaseId, keyId: theirs.keyId }),
      ),
    ).toBe("key");
    expect(await mine.intents.start(anIntent(theirs, 1_000n, { leaseId: mine.leaseId }))).toBe("closed");
  });
});

describe("leases", () => {
  it("prevents money from getting lost between leases: 40 rotations, everything is still there", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    let current = leaseId;
    let spent = 0n;
    for (let turn = 0; turn < 40; turn += 1) {
      const intent = anIntent(fixture, 5_000_000n, { leaseId: current });
      expect(await intents.start(intent)).toBe("ok");
      const rotation = await rotateLease(database.pool, fixture.organizationId, 5_000_000n);
      if (rotation.verdict === "ok") current = rotation.leaseId;
      spent += (await intents.finish(aFinish(fixture, intent.id, BigInt(turn * 10)))).chargedNanoUsd;
    }
    await expectBooksRight();
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(USD - spent);
  });

  it("prevents a refused request from changing anything: what cannot be lent is only reported", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const rotation = await rotateLease(database.pool, fixture.organizationId, 2n * USD);
    expect(rotation).toMatchObject({ verdict: "insufficient", availableNanoUsd: USD, reservedNanoUsd: 0n });
  });

  it("spends promotional money before committed and paid, and gives back in reverse order", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const base = { organizationId: fixture.organizationId, kind: "grant", amountNanoUsd: USD } as const;
    await creditBalance(database.db, { ...base, bucket: "promotional", source: newId("order") });
    await creditBalance(database.db, { ...base, bucket: "committed", source: newId("order") });
    const rotation = await rotateLease(database.pool, fixture.organizationId, (5n * USD) / 2n);
    if (rotation.verdict !== "ok") throw new Error("no lease");
    const intents = createIntents(database.pool);
    const intent = anIntent(fixture, (3n * USD) / 2n, { leaseId: rotation.leaseId });
    await intents.start(intent);
    await intents.finish(aFinish(fixture, intent.id, 937_500n));
    await rotateLease(database.pool, fixture.organizationId, (3n * USD) / 2n);
    await expectBooksRight();
    await database.pool.query(
      "UPDATE lease SET state = 'closing' WHERE organization_id = $1 AND state <> 'closed'",
      [fixture.organizationId],
    );
    await sweep(database.pool);
    const { rows } = await database.pool.query(
      "SELECT promotional, committed, paid FROM balance WHERE organization_id = $1",
      [fixture.organizationId],
    );
    expect(rows).toEqual([{ promotional: 0n, committed: USD / 2n, paid: USD }]);
    await expectBooksRight();
  });
});

describe("sweep", () => {
  it("prevents lost revenue and double charges after a death: expired intents are charged at their checkpoint, once", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const intent = anIntent(fixture, 1_600_000n, { leaseId });
    await intents.start(intent);
    const { charge } = aFinish(fixture, intent.id, 100n);
    if (!charge) throw new Error("no charge");
    await intents.checkpoint(intent.id, charge);
    await database.pool.query("UPDATE intent SET expires_at = now() - interval '1 second' WHERE id = $1", [
      intent.id,
    ]);
    const sweeps = await Promise.all(Array.from({ length: 10 }, () => sweep(database.pool)));
    expect(sweeps.reduce((sum, { expired }) => sum + expired, 0)).toBe(1);
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(USD - 160_000n);
    // The process was only slow: its true cost is charged as a correction, never above the reserve, and only once.
    expect((await intents.finish(aFinish(fixture, intent.id, 200n))).verdict).toBe("late");
    expect(await intents.correct(intent.id, 320_000n)).toBe(160_000n);
    expect(await intents.correct(intent.id, 320_000n)).toBe(0n);
    await expectBooksRight();
    expect((await readBalance(database.db, fixture.organizationId)).totalNanoUsd).toBe(USD - 320_000n);
  });
});

describe("records", () => {
  it("prevents a rewritten past: transfers and usage records refuse UPDATE and DELETE", async () => {
    const { fixture, intents, leaseId } = await withLease(USD);
    const intent = anIntent(fixture, 1_600_000n, { leaseId });
    await intents.start(intent);
    await intents.finish(aFinish(fixture, intent.id, 1n));
    for (const statement of [
      "UPDATE usage_record SET cost = 0",
      "DELETE FROM usage_record",
      "UPDATE transfer SET amount = 1",
      "DELETE FROM transfer",
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow("append-only");
    }
  });

  it("keeps each month's records in its own partition, found by the time in the id", async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      "SELECT tableoid::regclass::text AS name FROM usage_record LIMIT 1",
    );
    const month = new Date().toISOString().slice(0, 7).replace("-", "");
    expect(rows[0]?.name).toBe(`usage_record_${month}`);
  });
});

describe("what is spent of a lease", () => {
  it("is told without counting its requests, by every process at once, and is found out when it is wrong", async () => {
    const own = await testDatabase();
    const fixture = await createMoneyFixture(own.db, USD);
    const rotation = await rotateLease(own.pool, fixture.organizationId, USD / 2n);
    if (rotation.verdict !== "ok") throw new Error("no lease");
    const { leaseId, grantedNanoUsd } = rotation;
    const processes = Array.from({ length: 4 }, () => createIntents(own.pool));
    const tokens = Array.from({ length: 40 }, (_, index) => BigInt(1 + index));
    await Promise.all(
      tokens.map(async (count, index) => {
        const intents = processes[index % processes.length] ?? createIntents(own.pool);
        const intent = anIntent(fixture, 100_000n, { leaseId });
        expect(await intents.start(intent)).toBe("ok");
        await intents.finish(index % 10 === 0 ? aVoid(intent.id) : aFinish(fixture, intent.id, count));
      }),
    );
    const running = anIntent(fixture, 100_000n, { leaseId });
    await createIntents(own.pool).start(running);
    const spent = tokens.reduce((sum, count, index) => (index % 10 === 0 ? sum : sum + count * 1_600n), 0n);
    const { rows } = await own.pool.query("SELECT free, started FROM lease_use($1)", [leaseId]);
    expect(rows).toEqual([{ free: grantedNanoUsd - spent - 100_000n, started: 1n }]);
    expect(await checkInvariants(own.pool)).toEqual([]);
    await own.pool.query("UPDATE lease_spend SET spent = spent - 1 WHERE lease_id = $1", [leaseId]);
    expect((await checkInvariants(own.pool)).map(({ invariant }) => invariant)).toContain("I7");
    await own.close();
  });
});

describe("invariants", () => {
  it("would notice a cost that does not follow from its lines, and money from nowhere", async () => {
    const own = await testDatabase();
    const fixture = await createMoneyFixture(own.db, USD);
    await own.pool.query("UPDATE balance SET paid = paid + 1 WHERE organization_id = $1", [
      fixture.organizationId,
    ]);
    const found = new Set((await checkInvariants(own.pool)).map(({ invariant }) => invariant));
    expect(found).toContain("I1");
    await own.close();
  });
});
