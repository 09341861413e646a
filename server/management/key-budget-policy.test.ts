// Harm prevented: a program that gives a key more to spend than the organization's policy says, where a person could not.
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyPolicy, organizationPolicySchema } from "@/server/organizations";
import { BY, type ManagementFixture, managementFixture } from "./fixtures";

let site: ManagementFixture;
let call: (method: string, path: string, body?: object) => ReturnType<ManagementFixture["call"]>;

beforeAll(async () => {
  site = await managementFixture();
  const owner = await site.owner();
  const { organizationId } = owner;
  const policy = organizationPolicySchema.parse({ keys: { maxMonthlyBudgetUsd: "20" } });
  await site.database.db.transaction((tx) => applyPolicy(tx, site.clock, BY, { organizationId, policy }));
  const secret = await site.keyOf(owner, ["keys:read", "keys:write", "budgets:read", "budgets:write"]);
  call = (method, path, body) => site.call(secret, method, path, body);
});
afterAll(() => site.database.close());

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
