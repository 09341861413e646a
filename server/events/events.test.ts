// Harm prevented: a webhook that tells of something that never happened, or keeps quiet about what did.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { organization } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { EVENT_TYPES, type EventType, emitEvent, markDispatched, takeUndispatched } from ".";

let database: TestDatabase;
const organizationId = newId("organization");
beforeAll(async () => {
  database = await testDatabase();
  await database.db.insert(organization).values({ id: organizationId, name: "Ada", kind: "personal" });
});
afterAll(() => database.close());

const fact = {
  organizationId,
  type: "key.created",
  data: { key_id: "key_1", name: "n", project_id: "prj_1" },
} as const;

it.each(Object.keys(EVENT_TYPES) as EventType[])("%s has a sample of its own shape", (type) => {
  const { schema, sample, summary } = EVENT_TYPES[type];
  expect(schema.parse(sample)).toEqual(sample);
  expect(summary).toMatch(/\.$/);
});

it("does not outlive a transaction that failed", async () => {
  await expect(
    database.db.transaction(async (tx) => {
      await emitEvent(tx, fact);
      throw new Error("the fact did not happen");
    }),
  ).rejects.toThrow("did not happen");
  expect(await takeUndispatched(database.db, 10)).toEqual([]);
});

it("refuses data that is not of the published shape", async () => {
  const wrong = { ...fact, data: { ...fact.data, secret: "dtk_x" } };
  await expect(emitEvent(database.db, wrong)).rejects.toThrow();
});

it("is handed to one dispatcher only, and again when that one fails", async () => {
  const ids = await Promise.all([emitEvent(database.db, fact), emitEvent(database.db, fact)]);
  await expect(
    database.db.transaction(async (tx) => {
      expect(await takeUndispatched(tx, 10)).toHaveLength(2);
      await database.db.transaction(async (other) => expect(await takeUndispatched(other, 10)).toEqual([]));
      throw new Error("the dispatcher dies");
    }),
  ).rejects.toThrow("dies");
  await database.db.transaction(async (tx) => {
    const taken = await takeUndispatched(tx, 10);
    expect(taken.map(({ id }) => id).sort()).toEqual([...ids].sort());
    await markDispatched(tx, ids);
  });
  expect(await takeUndispatched(database.db, 10)).toEqual([]);
  const { rows } = await database.db.execute(sql`SELECT count(*)::int AS n FROM event`);
  expect(rows[0]?.n).toBe(2);
});
