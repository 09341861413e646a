// Harm prevented: a program that gives a key more to spend than the organization's policy says, where a person could not.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createWebAdapter, type Gateway } from "@/server/gateway";
import { createManagementKey } from "@/server/keys";
import { createOwnerFixture } from "@/server/keys/fixtures";
import { applyPolicy, organizationPolicySchema } from "@/server/organizations";
import { systemClock as clock } from "@/server/platform/clock";
import { createLog } from "@/server/platform/log";
import { createSecretBox } from "@/server/platform/secret-box";
import { createManagement } from "./management";

const by = { kind: "system" as const, id: null, label: "test", ip: null };
let database: TestDatabase;
let call: (method: string, path: string, body?: object) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  database = await testDatabase();
  const owner = await createOwnerFixture(database.db);
  const policy = organizationPolicySchema.parse({ keys: { maxMonthlyBudgetUsd: "20" } });
  await database.db.transaction((tx) =>
    applyPolicy(tx, clock, by, { organizationId: owner.organizationId, policy }),
  );
  const { secret } = await database.db.transaction((tx) =>
    createManagementKey(tx, clock, by, {
      organizationId: owner.organizationId,
      memberId: owner.memberId,
      name: "Program",
      scopes: ["keys:read", "keys:write", "budgets:read", "budgets:write"],
      expiresAt: null,
    }),
  );
  const management = createManagement({
    db: database.db,
    pool: database.pool,
    clock,
    log: createLog("silent"),
    mailer: { canSend: false, send: async () => {} },
    webhooks: { secretBox: createSecretBox("a secret for these tests"), allowsLoopback: false },
    appUrl: "http://site.example",
  });
  const front = { ...management, maxBodyBytes: 100_000, maxDurationMs: 10_000 } as unknown as Gateway;
  const answer = createWebAdapter(front);
  call = async (method, path, body) => {
    const request = new Request(`http://site.example/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const response = await answer(request, () => {});
    return { status: response.status, body: await response.json() };
  };
});
afterAll(() => database.close());

it("gives a program's key its budget too, and lets no program loosen it", async () => {
  const { body: key } = await call("POST", "/organization/keys", { name: "Program's" });
  const { id } = key as { id: string };
  const budgets = async () =>
    ((await call("GET", "/organization/budgets")).body as { data: Record<string, unknown>[] }).data;
  const [own] = await budgets();
  expect(own).toMatchObject({
    scope: "key",
    scope_id: id,
    window: "month",
    is_hard: true,
    amount_usd: "20.00",
  });
  const path = `/organization/budgets/${own?.id}`;
  const more = { scope: "key", scope_id: id, window: "month", is_hard: true, amount_usd: "21" };
  expect((await call("POST", "/organization/budgets", more)).status).toBe(409);
  expect((await call("PATCH", path, { amount_usd: "20.01" })).status).toBe(409);
  expect((await call("PATCH", path, { is_hard: false })).status).toBe(409);
  expect((await call("DELETE", path)).status).toBe(409);
  expect((await call("PATCH", path, { amount_usd: "5" })).status).toBe(200);
  expect(await budgets()).toMatchObject([{ amount_usd: "5.00", is_hard: true }]);
});
