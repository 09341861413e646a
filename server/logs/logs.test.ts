// Harm prevented: a bill that cannot be explained, or one organization reading the requests of another.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createIntents, readBalance, rotateLease } from "@/server/ledger";
import { aFinish, anIntent, aVoid, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { newId } from "@/server/platform/ids";
import {
  findFirstRequest,
  getRequest,
  listRecentNames,
  listRequests,
  spendByDay,
  spendTotals,
  utcMidnightMs,
} from ".";

const USD = 1_000_000_000n;
const DAY_MS = 86_400_000;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function withMoney() {
  const fixture = await createMoneyFixture(database.db, USD);
  const rotation = await rotateLease(database.pool, fixture.organizationId, 1_000_000n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  return { fixture, intents: createIntents(database.pool), leaseId: rotation.leaseId };
}

async function spend(fixture: MoneyFixture, leaseId: string, outputTokens: bigint) {
  const intents = createIntents(database.pool);
  const intent = anIntent(fixture, 10_000_000n, { leaseId });
  await intents.start(intent);
  await intents.finish(aFinish(fixture, intent.id, outputTokens));
  return intent.id;
}

describe("the request list", () => {
  it("shows every request once while they end, in flight or not", async () => {
    const { fixture, intents, leaseId } = await withMoney();
    const started = Array.from({ length: 30 }, () => anIntent(fixture, 1_000_000n, { leaseId }));
    for (const intent of started) expect(await intents.start(intent)).toBe("ok");
    const ending = (async () => {
      for (const intent of started) await intents.finish(aFinish(fixture, intent.id, 10n));
    })();
    for (let look = 0; look < 10; look += 1) {
      const page = await listRequests(database.db, { ...fixture, limit: 100 });
      expect(page.requests.map(({ id }) => id)).toEqual(started.map(({ id }) => id).reverse());
    }
    await ending;
    expect(
      (await listRequests(database.db, { ...fixture, limit: 100, filters: { outcome: "pending" } })).requests,
    ).toEqual([]);
  });

  it("pages by keyset and filters by model, key and outcome", async () => {
    const { fixture, intents, leaseId } = await withMoney();
    const { endpointId, priceVersionId, modelSlug } = await createMoneyFixture(database.db, 0n);
    const two = { ...fixture, endpointId, priceVersionId, modelSlug };
    const paid = [];
    for (const at of [fixture, fixture, two]) paid.unshift(await spend(at, leaseId, 5n));
    const failed = anIntent(two, 1_000n, { leaseId });
    await intents.start(failed);
    await intents.finish(aVoid(failed.id));
    const open = anIntent(fixture, 7_000n, { leaseId, modelSlug: "c/three" });
    await intents.start(open);

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listRequests>> = await listRequests(database.db, {
        ...fixture,
        cursor,
        limit: 2,
      });
      seen.push(...page.requests.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([open.id, failed.id, ...paid]);

    const ids = async (filters: Parameters<typeof listRequests>[1]["filters"]) =>
      (await listRequests(database.db, { ...fixture, limit: 50, filters })).requests.map(({ id }) => id);
    expect(await ids({ outcome: "pending" })).toEqual([open.id]);
    expect(await ids({ outcome: "failed" })).toEqual([failed.id]);
    expect(await ids({ model: fixture.modelSlug })).toEqual(paid.slice(1));
    expect(await ids({ keyId: fixture.keyId })).toHaveLength(5);
    expect(await ids({ keyId: "key_other" })).toEqual([]);
    expect(await ids({ model: "' OR 1=1 --" })).toEqual([]);
    expect((await listRecentNames(database.db, fixture.organizationId)).models).toEqual(
      [fixture.modelSlug, two.modelSlug].sort(),
    );
    const [row] = (await listRequests(database.db, { ...fixture, limit: 1 })).requests;
    expect(row).toMatchObject({
      outcome: "pending",
      reservedNanoUsd: 7_000n,
      costNanoUsd: 0n,
      keyName: "test",
      httpStatus: null,
    });
    expect(Math.abs(Date.now() - (row?.createdAt.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it("refuses a cursor that is no generation id", async () => {
    for (const cursor of ["x", "'; DROP TABLE request_log", newId("order")]) {
      await expect(
        listRequests(database.db, { organizationId: "org_x", cursor, limit: 5 }),
      ).rejects.toMatchObject({
        code: "invalid_request",
      });
    }
  });
});

describe("a request's receipt", () => {
  it("adds up to what the balance lost, to the nano-dollar", async () => {
    const { fixture, leaseId } = await withMoney();
    const before = await readBalance(database.db, fixture.organizationId);
    const id = await spend(fixture, leaseId, 123n);
    const { receipt, ...request } = await getRequest(database.db, { ...fixture, id });
    expect(receipt?.lines).toEqual([
      {
        unit: "output",
        pricedAs: "output",
        quantity: 123n,
        priceNanoUsdPerMillion: 1_600_000_000n,
        aboveContextTokens: 0,
        amountMillionthNanoUsd: 196_800_000_000n,
      },
    ]);
    expect(receipt).toMatchObject({
      sumMillionthNanoUsd: 196_800_000_000n,
      roundedNanoUsd: 196_800n,
      costNanoUsd: 196_800n,
      overrunNanoUsd: 0n,
      correctedNanoUsd: 0n,
      basis: "provider",
      priceVersionId: fixture.priceVersionId,
    });
    expect(request).toMatchObject({
      outcome: "succeeded",
      httpStatus: 200,
      keyName: "test",
      projectName: "Default",
    });
    const after = await readBalance(database.db, fixture.organizationId);
    expect(before.totalNanoUsd - after.totalNanoUsd).toBe(receipt?.costNanoUsd);
  });

  it("is pending while the request runs, and absent when nothing was owed", async () => {
    const { fixture, intents, leaseId } = await withMoney();
    const intent = anIntent(fixture, 5_000n, { leaseId });
    await intents.start(intent);
    const name = { ...fixture, id: intent.id };
    expect(await getRequest(database.db, name)).toMatchObject({
      outcome: "pending",
      reservedNanoUsd: 5_000n,
      receipt: null,
      requestId: intent.request.requestId,
    });
    await intents.finish(aVoid(intent.id));
    expect(await getRequest(database.db, name)).toMatchObject({
      outcome: "failed",
      httpStatus: 502,
      receipt: null,
    });
  });

  it("answers the same for a stranger's request as for none", async () => {
    const { fixture, intents, leaseId } = await withMoney();
    const ended = await spend(fixture, leaseId, 1n);
    const open = anIntent(fixture, 5_000n, { leaseId });
    await intents.start(open);
    const stranger = await createMoneyFixture(database.db, 0n);
    for (const id of [ended, open.id, newId("generation"), "", "' OR 1=1", "x".repeat(10_000)]) {
      await expect(getRequest(database.db, { ...stranger, id })).rejects.toMatchObject({
        code: "not_found",
        message: "There is no such request.",
      });
    }
    expect((await listRequests(database.db, { ...stranger, limit: 10 })).requests).toEqual([]);
  });
});

describe("spend", () => {
  it("counts each charge on its UTC day, and corrections with it", async () => {
    const { fixture, leaseId } = await withMoney();
    const now = Date.now();
    const today = utcMidnightMs(now);
    await spend(fixture, leaseId, 100n);
    await spend(fixture, leaseId, 50n);
    const days = await spendByDay(database.db, {
      ...fixture,
      fromMs: today - 29 * DAY_MS,
      toMs: today + DAY_MS,
    });
    expect(days).toHaveLength(30);
    expect(days.at(-1)).toEqual({
      day: new Date(today).toISOString().slice(0, 10),
      costNanoUsd: 240_000n,
      requests: 2,
    });
    expect(days.slice(0, -1).every((day) => day.costNanoUsd === 0n && day.requests === 0)).toBe(true);
    expect(await spendTotals(database.db, { ...fixture, nowMs: now })).toEqual({
      todayNanoUsd: 240_000n,
      monthNanoUsd: 240_000n,
    });

    const expired = anIntent(fixture, 10_000_000n, { leaseId, ttlMs: -1 });
    const intents = createIntents(database.pool);
    await intents.start(expired);
    await database.pool.query("SELECT * FROM expire_intents(10)");
    expect(await intents.correct(expired.id, 60_000n)).toBe(60_000n);
    expect((await spendTotals(database.db, { ...fixture, nowMs: now })).todayNanoUsd).toBe(300_000n);
    expect((await getRequest(database.db, { ...fixture, id: expired.id })).receipt).toMatchObject({
      basis: "checkpoint",
      correctedNanoUsd: 60_000n,
    });
  });

  it("belongs to the day it was made on, at the very edges of days and months", async () => {
    const { fixture } = await withMoney();
    const record = async (at: string, cost: number) => {
      await database.pool.query(
        `INSERT INTO usage_record (id, organization_id, project_id, key_id, model_slug, endpoint_id, provider_slug,
          price_version_id, cost, overrun, supplier_cost, lines, basis, created_at)
         VALUES (substr(first_generation_id($2::timestamptz), 1, 20) || substr(md5(random()::text), 1, 10), $1, 'p', 'k',
          'm', 'e', 's', 'v', $3, 0, 0, '[]', 'provider', $2::timestamptz)`,
        [fixture.organizationId, at, cost],
      );
      await database.pool.query(
        `INSERT INTO request_log (id, organization_id, project_id, key_id, request_id, api, requested_model, model_slug, provider_slug,
          outcome, http_status, streamed, cost, input_tokens, output_tokens, attempts, created_at)
         SELECT id, organization_id, project_id, key_id, id, 'a', 'm', model_slug, provider_slug, 'succeeded', 200, false, cost, 0, 0,
          '[]', created_at FROM usage_record WHERE organization_id = $1 AND created_at = $2::timestamptz`,
        [fixture.organizationId, at],
      );
    };
    await record("2026-02-28T23:59:59.999Z", 1);
    await record("2026-03-01T00:00:00.000Z", 10);
    await record("2026-03-31T23:59:59.999Z", 100);
    await record("2026-04-01T00:00:00.000Z", 1_000);
    const days = await spendByDay(database.db, {
      ...fixture,
      fromMs: Date.parse("2026-03-01T00:00:00Z"),
      toMs: Date.parse("2026-04-01T00:00:00Z"),
    });
    expect(days).toHaveLength(31);
    expect(days.filter((day) => day.costNanoUsd > 0n)).toEqual([
      { day: "2026-03-01", costNanoUsd: 10n, requests: 1 },
      { day: "2026-03-31", costNanoUsd: 100n, requests: 1 },
    ]);
    const nowMs = Date.parse("2026-03-31T12:00:00Z");
    expect(await spendTotals(database.db, { ...fixture, nowMs })).toEqual({
      todayNanoUsd: 100n,
      monthNanoUsd: 110n,
    });
  });
});

describe("the first request", () => {
  it("is found in flight and afterwards, and stays the first", async () => {
    const { fixture, intents, leaseId } = await withMoney();
    expect(await findFirstRequest(database.db, fixture.organizationId)).toBeNull();
    const first = anIntent(fixture, 5_000n, { leaseId });
    await intents.start(first);
    expect(await findFirstRequest(database.db, fixture.organizationId)).toBe(first.id);
    await spend(fixture, leaseId, 1n);
    await intents.finish(aVoid(first.id));
    expect(await findFirstRequest(database.db, fixture.organizationId)).toBe(first.id);
  });
});
