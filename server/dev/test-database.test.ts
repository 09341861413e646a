// Harm prevented: tests that see each other's rows, or a schema that is not the product's, prove nothing.
import { count, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { organization } from "@/db/schema";
import { type TestDatabase, testDatabase } from "./test-database";

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  [first, second] = await Promise.all([testDatabase(), testDatabase()]);
});

afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
});

test("every call gives a private, migrated database", async () => {
  await first.db.insert(organization).values({ id: "org_a", name: "A", kind: "personal" });
  const [inFirst] = await first.db.select({ rows: count() }).from(organization);
  const [inSecond] = await second.db.select({ rows: count() }).from(organization);
  expect([inFirst?.rows, inSecond?.rows]).toEqual([1, 0]);
  expect(await first.db.select().from(organization).where(eq(organization.id, "org_a"))).toHaveLength(1);
});

test("the functions of the ledger are there and hold on an empty database", async () => {
  const { rows } = await second.pool.query("SELECT * FROM check_invariants()");
  expect(rows).toEqual([]);
});

test("settings that transactions depend on are Postgres' own, and there is room for parallel tests", async () => {
  const settings = ["synchronous_commit", "default_transaction_isolation", "max_connections"];
  const { rows } = await first.pool.query<{ name: string; setting: string }>(
    "SELECT name, setting FROM pg_settings WHERE name = ANY($1) ORDER BY name",
    [settings],
  );
  expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
    default_transaction_isolation: "read committed",
    max_connections: "400",
    synchronous_commit: "on",
  });
});

test("twenty databases at once", async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => testDatabase()));
  const names = await Promise.all(many.map(({ pool }) => pool.query("SELECT current_database()")));
  expect(new Set(names.map(({ rows }) => rows[0].current_database)).size).toBe(20);
  await Promise.all(many.map((database) => database.close()));
});
