// Harm prevented: a server that was broken into, and with it a trail and a ledger that say what the intruder likes.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordAudit, SYSTEM_ACTOR, verifyChain } from "@/server/audit";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createKey } from "@/server/keys";
import { checkInvariants, createIntents, rotateLease, sealBlocks, sweep } from "@/server/ledger";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "@/server/ledger/fixtures";
import { listRequests } from "@/server/logs";
import { manualClock } from "@/server/platform/clock";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";

const USD = 1_000_000_000n;
const role = `product_${Math.random().toString(36).slice(2, 10)}`;
let owner: TestDatabase;
let product: DatabaseHandle;
let fixture: MoneyFixture;

beforeAll(async () => {
  owner = await testDatabase();
  fixture = await createMoneyFixture(owner.db, USD);
  await owner.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'product'`);
  await owner.pool.query("SELECT grant_product_role($1)", [role]);
  const url = new URL(owner.url);
  url.username = role;
  url.password = "product";
  product = openDatabase(url.href);
});
afterAll(async () => {
  await product.close();
  await owner.pool.query(`DROP OWNED BY ${role}`);
  await owner.pool.query(`DROP ROLE ${role}`);
  await owner.close();
});

describe("the role that runs the product", () => {
  it("does the product's work: keys, a request from lease to receipt, the trail, jobs, partitions", async () => {
    const { db, pool } = product;
    const { organizationId, projectId } = fixture;
    const clock = manualClock();
    await db.transaction((tx) =>
      createKey(tx, { organizationId, projectId, memberId: null, name: "k" }, clock),
    );
    await db.transaction((tx) =>
      recordAudit(tx, clock, {
        organizationId,
        actor: SYSTEM_ACTOR,
        action: "organization.renamed",
        target: { kind: "organization", id: organizationId, label: "Test" },
      }),
    );
    const rotation = await rotateLease(pool, organizationId, USD / 10n);
    if (rotation.verdict !== "ok") throw new Error("no lease");
    const intents = createIntents(pool);
    const intent = anIntent(fixture, 1_000_000n, { leaseId: rotation.leaseId });
    expect(await intents.start(intent)).toBe("ok");
    await intents.finish(aFinish(fixture, intent.id, 10n));
    await sweep(pool);
    await sealBlocks(db);
    // A month nobody has made yet: it takes the tables' owner, which the role is not.
    await pool.query("SELECT ensure_month_partitions(now() + interval '14 months')");
    expect(await checkInvariants(pool)).toEqual([]);
    expect((await listRequests(db, { organizationId, limit: 5 })).requests).toHaveLength(1);
    expect((await verifyChain(db, organizationId)).links).toBe(2);
  });

  it.each([
    "UPDATE audit_event SET actor_label = 'nobody'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_event_append_only ON audit_event",
    "SET session_replication_role = replica",
    "UPDATE usage_record SET cost = 0",
    "DELETE FROM usage_record_rest",
    "UPDATE transfer SET amount = 0",
    "DELETE FROM block",
    "DELETE FROM price_version",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SELECT grant_product_role(current_user)",
  ])("is refused by the database: %s", async (statement) => {
    // By grant, before any trigger: the trigger's own refusal would have other words.
    await expect(product.pool.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    expect((await owner.db.execute(sql`SELECT FROM audit_event`)).rows.length).toBeGreaterThan(0);
  });
});
