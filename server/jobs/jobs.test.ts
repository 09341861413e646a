// Harm prevented: books that go wrong without anybody being told, and a job that dies without a trace.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryStore } from "@/server/admission";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createIntents, creditBalance, enterInvoice, reconcilePayments, rotateLease } from "@/server/ledger";
import { aFinish, anIntent, createMoneyFixture } from "@/server/ledger/fixtures";
import { isBearer } from "@/server/platform/bearer";
import { systemClock } from "@/server/platform/clock";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { createLog } from "@/server/platform/log";
import { createSecretBox } from "@/server/platform/secret-box";
import { keepResponse } from "@/server/responses";
import { isJobName, type JobDeps, latestRuns, listRuns, runJob } from ".";

const USD = 1_000_000_000n;
let database: TestDatabase;
let deps: JobDeps;

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 20 });
  deps = {
    db: database.db,
    pool: database.pool,
    clock: systemClock,
    log: createLog("silent"),
    store: createMemoryStore(systemClock),
    intents: createIntents(database.pool),
    followVideos: async () => 0,
    webhooks: {
      client: createGuardedClient(),
      secretBox: createSecretBox("a secret of 16 bytes"),
      allowsLoopback: false,
    },
    stripe: null,
    mailer: { canSend: false, send: () => Promise.resolve() },
    appUrl: "http://site.example",
  };
});
afterAll(() => database.close());

describe("a job", () => {
  it("keeps how it went: figures of the sweep, an unbroken chain, and books that hold", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    await Promise.all(Array.from({ length: 4 }, () => runJob(deps, "sweep")));
    const runs = await listRuns(database.db, { name: "sweep", limit: 10 });
    // Those that found nothing to do made room for each other.
    expect(runs.length).toBeGreaterThanOrEqual(1);
    expect(runs.filter(({ isQuiet }) => isQuiet).length).toBeLessThanOrEqual(1);
    expect(runs.every(({ outcome, endedAt }) => outcome === "succeeded" && endedAt !== null)).toBe(true);
    expect(runs.reduce((sum, { figures }) => sum + (figures.sealed ?? 0), 0)).toBe(1);
    expect(await runJob(deps, "invariants")).toEqual({ figures: { violations: 0 }, findings: [] });
    expect((await latestRuns(database.db)).map(({ name }) => name)).toEqual(["invariants", "sweep"]);
    expect(fixture.organizationId).toBeTruthy();
  });

  it("that looks in vain every few seconds keeps its latest run, beside those that did something or failed", async () => {
    const own = await testDatabase();
    let ended = 0;
    const run = () =>
      runJob({ ...deps, db: own.db, pool: own.pool, followVideos: async () => ended }, "videos");
    await run();
    ended = 2;
    await run();
    ended = 0;
    for (let at = 0; at < 5; at += 1) await run();
    const runs = await listRuns(own.db, { limit: 10 });
    expect(runs.map(({ figures }) => figures.ended)).toEqual([0, 2]);
    await own.close();
  });

  it("asks for attention when the books are wrong, and says where", async () => {
    const own = await testDatabase();
    const fixture = await createMoneyFixture(own.db, USD);
    await own.pool.query("UPDATE balance SET paid = paid + 1");
    await runJob({ ...deps, db: own.db, pool: own.pool }, "invariants");
    const [run] = await listRuns(own.db, { limit: 1 });
    expect(run).toMatchObject({ name: "invariants", outcome: "attention" });
    expect(run?.detail).toContain(`I1 ${fixture.organizationId}`);
    await own.close();
  });

  it("that fails is marked as failed, and fails for its caller too", async () => {
    const own = await testDatabase();
    await own.pool.query("DROP FUNCTION fold_usage");
    await expect(runJob({ ...deps, db: own.db, pool: own.pool }, "sweep")).rejects.toThrow("fold_usage");
    expect(await listRuns(own.db, { limit: 1 })).toMatchObject([{ outcome: "failed", name: "sweep" }]);
    await own.close();
  });

  it("prevents prompts from being kept longer than was promised", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const keep = (id: string, ageMs: number) => {
      const scope = { organizationId: fixture.organizationId, projectId: fixture.projectId };
      const kept = { ...scope, id, previousId: null, input: [], response: { id, output: [] } };
      return keepResponse(database.db, kept, systemClock.nowMs() - ageMs);
    };
    const month = 30 * 24 * 60 * 60 * 1_000;
    await keep("resp_over", month);
    await keep("resp_almost", month - 60_000);
    expect((await runJob(deps, "forget")).figures).toMatchObject({ responses: 1 });
    const { rows } = await database.pool.query("SELECT id FROM stored_response");
    expect(rows).toEqual([{ id: "resp_almost" }]);
  });

  it("runs for nobody without the scheduler's secret, and only under its name", () => {
    expect(isBearer(null, "a secret of 16 bytes")).toBe(false);
    expect(isBearer("Bearer x", undefined)).toBe(false);
    expect(isBearer("Bearer a secret of 16 bytes", "a secret of 16 bytes")).toBe(true);
    expect(["sweep", "toString", "__proto__", ""].map(isJobName)).toEqual([true, false, false, false]);
  });
});

describe("reconciliation", () => {
  it("tells an invoice within half a per cent of our own count from one that is not", async () => {
    const own = await testDatabase();
    const fixture = await createMoneyFixture(own.db, USD);
    const rotation = await rotateLease(own.pool, fixture.organizationId, 10_000_000n);
    if (rotation.verdict !== "ok") throw new Error("no lease");
    const intents = createIntents(own.pool);
    const intent = anIntent(fixture, 10_000_000n, { leaseId: rotation.leaseId });
    await intents.start(intent);
    const finish = aFinish(fixture, intent.id, 1_000n);
    if (!finish.charge) throw new Error("no charge");
    await intents.finish({ ...finish, charge: { ...finish.charge, supplierCostNanoUsd: 1_000_000n } });
    const day = new Date().toISOString().slice(0, 10);
    const invoice = { day, provider: "test", model: fixture.modelSlug };
    const run = async () => (await runJob({ ...deps, db: own.db, pool: own.pool }, "reconcile")).figures;
    await enterInvoice(own.db, { ...invoice, amountNanoUsd: 1_005_000n });
    expect(await run()).toEqual({ invoices: 1, drifting: 0, paymentDays: 0 });
    await enterInvoice(own.db, { ...invoice, amountNanoUsd: 1_005_100n });
    expect(await run()).toEqual({ invoices: 1, drifting: 1, paymentDays: 0 });
    const [last] = await listRuns(own.db, { limit: 1 });
    expect(last?.detail).toContain(
      `I14 ${day} test ${fixture.modelSlug}: invoiced 1005100 nano-USD, counted 1000000`,
    );
    await own.close();
  });

  it("finds the day on which Stripe and the ledger differ", async () => {
    const own = await testDatabase();
    const fixture = await createMoneyFixture(own.db, 0n);
    await creditBalance(own.db, {
      organizationId: fixture.organizationId,
      kind: "top_up",
      bucket: "paid",
      source: "pi_1",
      amountNanoUsd: 10n * USD,
    });
    const created = Math.floor(Date.now() / 1_000);
    const day = new Date(created * 1_000).toISOString().slice(0, 10);
    const span = { from: day, to: day };
    const charge = { id: "txn_1", type: "charge", amount: 1_000, created };
    const payout = { id: "txn_2", type: "payout", amount: -900, created };
    expect(await reconcilePayments(own.db, [charge, payout], span)).toEqual([
      { day, stripeNanoUsd: 10n * USD, ledgerNanoUsd: 10n * USD, isEqual: true },
    ]);
    const refund = { id: "txn_3", type: "refund", amount: -250, created };
    expect(await reconcilePayments(own.db, [charge, refund], span)).toMatchObject([
      { stripeNanoUsd: (75n * USD) / 10n, isEqual: false },
    ]);
    await own.close();
  });
});
