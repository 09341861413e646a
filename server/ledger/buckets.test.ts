// Harm prevented: promotional money that outlives its end, is taken twice or too early, or pays what the receipt says another bucket paid.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "./fixtures";
import { checkInvariants, createIntents, creditBalance, readBalance, rotateLease, sweep } from "./index";

const USD = 1_000_000_000n;
/** One output token of the fixture. */
const TOKEN = 1_600n;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function grant(fixture: MoneyFixture, amountNanoUsd: bigint, endsInMs?: number) {
  const source = newId("transfer");
  await creditBalance(database.db, {
    organizationId: fixture.organizationId,
    kind: "grant",
    bucket: "promotional",
    source,
    amountNanoUsd,
    expiresAt: endsInMs === undefined ? undefined : new Date(Date.now() + endsInMs),
  });
  return source;
}

/** Moves the end of a grant, and of the leases that hold it, into the past. */
async function letExpire(source: string) {
  await database.pool.query(
    `UPDATE promotional_grant SET expires_at = now() - interval '1 second'
     WHERE id = (SELECT id FROM transfer WHERE source = $1 AND kind = 'grant')`,
    [source],
  );
  // One lease after the other: whoever changes several at once without the organization's lock may meet a rotation half-way.
  const { rows } = await database.pool.query<{ id: string }>(
    "SELECT s.lease_id AS id FROM lease_grant s JOIN transfer t ON t.id = s.grant_id WHERE t.source = $1",
    [source],
  );
  for (const { id } of rows)
    await database.pool.query("UPDATE lease SET valid_until = now() - interval '1 second' WHERE id = $1", [
      id,
    ]);
}

async function lend(fixture: MoneyFixture, minimum: bigint) {
  const rotation = await rotateLease(database.pool, fixture.organizationId, minimum);
  if (rotation.verdict !== "ok") throw new Error(`no lease: ${rotation.availableNanoUsd}`);
  return rotation.leaseId;
}

async function remaining(source: string) {
  const { rows } = await database.pool.query<{ remaining: bigint; expired: bigint }>(
    "SELECT g.remaining, g.expired FROM promotional_grant g JOIN transfer t ON t.id = g.id WHERE t.source = $1",
    [source],
  );
  return rows[0];
}

async function paidFrom(id: string) {
  const { rows } = await database.pool.query<{ promotional: bigint; committed: bigint; paid: bigint }>(
    "SELECT from_promotional AS promotional, from_committed AS committed, from_paid AS paid FROM usage_record WHERE id = $1",
    [id],
  );
  return rows[0];
}

const total = async (fixture: MoneyFixture) =>
  (await readBalance(database.db, fixture.organizationId)).totalNanoUsd;
const expectBooksRight = async () => expect(await checkInvariants(database.pool)).toEqual([]);

describe("promotional money", () => {
  it("is spent from the grant that ends first", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const forever = await grant(fixture, USD);
    const later = await grant(fixture, USD, 7_200_000);
    const sooner = await grant(fixture, USD, 3_600_000);
    // A lease is eight times the reserve that asks for it.
    await lend(fixture, (3n * USD) / 16n);
    expect(await remaining(sooner)).toMatchObject({ remaining: 0n });
    expect(await remaining(later)).toMatchObject({ remaining: USD / 2n });
    expect(await remaining(forever)).toMatchObject({ remaining: USD });
    await expectBooksRight();
  });

  it("ends at its end, only what is unspent, once, whatever the number of sweepers", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const source = await grant(fixture, USD, 3_600_000);
    await letExpire(source);
    await Promise.all(Array.from({ length: 10 }, () => sweep(database.pool)));
    expect(await remaining(source)).toEqual({ remaining: 0n, expired: USD });
    expect(await total(fixture)).toBe(USD);
    await expectBooksRight();
  });

  it("cannot be lent or spent after its end, also before any sweeper came", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const source = await grant(fixture, USD, 3_600_000);
    const leaseId = await lend(fixture, USD / 2n);
    await letExpire(source);
    const intents = createIntents(database.pool);
    expect(await intents.start(anIntent(fixture, 1_000n, { leaseId }))).toBe("closed");
    expect(await rotateLease(database.pool, fixture.organizationId, 1n)).toMatchObject({
      verdict: "insufficient",
    });
    // A refused rotation keeps what it took back.
    expect(await remaining(source)).toEqual({ remaining: 0n, expired: USD });
    await expectBooksRight();
  });

  it("that a running request has reserved pays that request, and the rest of it ends afterwards", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const source = await grant(fixture, USD, 3_600_000);
    const leaseId = await lend(fixture, USD);
    const intents = createIntents(database.pool);
    const intent = anIntent(fixture, USD / 4n, { leaseId });
    expect(await intents.start(intent)).toBe("ok");
    await letExpire(source);
    await sweep(database.pool);
    expect(await remaining(source)).toEqual({ remaining: 0n, expired: (3n * USD) / 4n });
    expect((await intents.finish(aFinish(fixture, intent.id, 1_000n))).verdict).toBe("settled");
    expect(await paidFrom(intent.id)).toEqual({ promotional: 1_000n * TOKEN, committed: 0n, paid: 0n });
    await sweep(database.pool);
    expect(await remaining(source)).toEqual({ remaining: 0n, expired: USD - 1_000n * TOKEN });
    expect(await total(fixture)).toBe(USD);
    await expectBooksRight();
  });

  it("ends while requests start, settle and rotate around it: nothing is lost and nothing is spent twice", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const sources = await Promise.all([1, 2, 3, 4].map(() => grant(fixture, USD / 10n, 3_600_000)));
    let spent = 0n;
    const worker = async (seed: number) => {
      const intents = createIntents(database.pool);
      for (let turn = 0; turn < 12; turn += 1) {
        const rotation = await rotateLease(database.pool, fixture.organizationId, 4_000_000n);
        if (rotation.verdict !== "ok") continue;
        const intent = anIntent(fixture, 4_000_000n, { leaseId: rotation.leaseId });
        if ((await intents.start(intent)) !== "ok") continue;
        const verdict = await intents.finish(aFinish(fixture, intent.id, BigInt(100 * seed + turn)));
        spent += verdict.chargedNanoUsd;
      }
    };
    const ender = async () => {
      for (const source of sources) {
        await letExpire(source);
        await sweep(database.pool);
      }
    };
    await Promise.all([worker(1), worker(2), worker(3), worker(4), ender()]);
    await sweep(database.pool);
    await expectBooksRight();
    const { rows } = await database.pool.query<{ expired: bigint }>(
      "SELECT coalesce(sum(amount), 0)::bigint AS expired FROM transfer WHERE organization_id = $1 AND kind = 'expiry'",
      [fixture.organizationId],
    );
    const expired = rows[0]?.expired ?? 0n;
    expect(expired).toBeGreaterThan(0n);
    expect(spent).toBeGreaterThan(0n);
    expect(await total(fixture)).toBe(USD + (4n * USD) / 10n - spent - expired);
  });
});

describe("which bucket paid", () => {
  it("is exact at the seam of the buckets, for costs that settle at the same moment", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    await grant(fixture, 10_000n * TOKEN);
    await creditBalance(database.db, {
      organizationId: fixture.organizationId,
      kind: "grant",
      bucket: "committed",
      source: newId("order"),
      amountNanoUsd: 10_000n * TOKEN,
    });
    const leaseId = await lend(fixture, USD / 2n);
    const started = Array.from({ length: 30 }, () => anIntent(fixture, 1_000n * TOKEN, { leaseId }));
    const processes = Array.from({ length: 5 }, () => createIntents(database.pool));
    const runs = started.map(async (intent, index) => {
      const intents = processes[index % 5];
      expect(await intents?.start(intent)).toBe("ok");
      await intents?.finish(aFinish(fixture, intent.id, 1_000n - BigInt(index)));
    });
    await Promise.all(runs);
    const { rows } = await database.pool.query(
      `SELECT sum(from_promotional)::bigint AS promotional, sum(from_committed)::bigint AS committed, sum(from_paid)::bigint AS paid
       FROM usage_record WHERE organization_id = $1`,
      [fixture.organizationId],
    );
    // 30 × 1,000 tokens less 0 + 1 + … + 29.
    expect(rows).toEqual([
      { promotional: 10_000n * TOKEN, committed: 10_000n * TOKEN, paid: (10_000n - 435n) * TOKEN },
    ]);
    await expectBooksRight();
  });

  it("is the lease's bucket when it has only one, without a lock on the lease", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const leaseId = await lend(fixture, 1_000_000n);
    const intents = createIntents(database.pool);
    const intent = anIntent(fixture, 1_000_000n, { leaseId });
    await intents.start(intent);
    const holder = await database.pool.connect();
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT 1 FROM lease WHERE id = $1 FOR NO KEY UPDATE", [leaseId]);
      expect((await intents.finish(aFinish(fixture, intent.id, 10n))).verdict).toBe("settled");
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect(await paidFrom(intent.id)).toEqual({ promotional: 0n, committed: 0n, paid: 10n * TOKEN });
  });
});
