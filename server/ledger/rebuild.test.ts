// Harm prevented: a budget that is passed by requests which start after the counters were rebuilt without them.
import { afterAll, beforeAll, expect, it } from "vitest";
import { budget } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { anIntent, createMoneyFixture } from "./fixtures";
import { createIntents, rotateLease } from "./index";
import { readLimitsVersion } from "./leases";

const USD = 1_000_000_000n;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function leaseOf(isHard: boolean) {
  const fixture = await createMoneyFixture(database.db, 10n * USD);
  const { organizationId } = fixture;
  await database.db.insert(budget).values({
    id: newId("budget"),
    organizationId,
    scope: "organization",
    scopeId: organizationId,
    window: "day",
    isRolling: false,
    isHard,
    amount: 5n * USD,
    thresholds: [100],
  });
  const first = await rotateLease(database.pool, organizationId, USD);
  if (first.verdict !== "ok") throw new Error("no lease");
  const version = await readLimitsVersion(database.pool, organizationId);
  const startUnderFirst = () =>
    createIntents(database.pool).start(anIntent(fixture, 1_000n, { leaseId: first.leaseId }));
  return { organizationId, leaseId: first.leaseId, version, startUnderFirst };
}

it("fences every older lease at once when counters are rebuilt under a hard budget", async () => {
  const { organizationId, startUnderFirst } = await leaseOf(true);
  expect(await startUnderFirst()).toBe("ok");
  const rebuilt = await rotateLease(database.pool, organizationId, USD, {
    leaseId: null,
    version: null,
    nowMs: Date.now(),
  });
  expect(rebuilt.state).not.toBeNull();
  expect(await startUnderFirst()).toBe("closed");
});

it("lets what was just lent drain when the counters knew everything, and where no budget depends on it", async () => {
  const knowing = await leaseOf(true);
  const { leaseId, version } = knowing;
  await rotateLease(database.pool, knowing.organizationId, USD, { leaseId, version, nowMs: Date.now() });
  expect(await knowing.startUnderFirst()).toBe("ok");
  const soft = await leaseOf(false);
  await rotateLease(database.pool, soft.organizationId, USD, {
    leaseId: null,
    version: null,
    nowMs: Date.now(),
  });
  expect(await soft.startUnderFirst()).toBe("ok");
});
