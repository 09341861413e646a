// Harm prevented: an order or a code that a program takes twice, a code that it finds out by trying, and figures that are not
// those of the dashboard.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createOrder, createPromotion } from "@/server/billing";
import { MANAGEMENT_SCOPES } from "@/server/keys";
import { newId } from "@/server/platform/ids";
import { BY, type ManagementFixture, managementFixture } from "./fixtures";

let site: ManagementFixture;
beforeAll(async () => {
  site = await managementFixture();
});
afterAll(() => site.database.close());

it("withdraws an order that nobody has paid, once, and leaves a paid one alone", async () => {
  const owner = await site.owner();
  const secret = await site.keyOf(owner, MANAGEMENT_SCOPES);
  const attempt = { ...owner, pack: "starter", attemptKey: newId("request") };
  const billing = { clock: site.clock, stripe: null, sandboxPayments: true };
  const { id } = await createOrder(site.database.db, billing, attempt);
  const path = `/organization/orders/${id}/withdraw`;
  const headers = { "idempotency-key": "withdrawn" };
  expect((await site.call(secret, "POST", path, undefined, headers)).body).toMatchObject({
    ...{ id, status: "canceled" },
  });
  const again = await site.call(secret, "POST", path, undefined, headers);
  expect(again.headers.get("x-idempotent-replayed")).toBe("true");
  await site.database.pool.query(`UPDATE "order" SET status = 'approved' WHERE id = $1`, [id]);
  expect((await site.call(secret, "POST", path)).body.error.code).toBe("conflict");
  const { rows } = await site.database.pool.query(
    "SELECT actor_kind FROM audit_event WHERE target_id = $1 AND action = 'order.withdrawn'",
    [id],
  );
  expect(rows).toEqual([{ actor_kind: "key" }]);
});

it("redeems a code once, and counts every try", async () => {
  const owner = await site.owner();
  const secret = await site.keyOf(owner, MANAGEMENT_SCOPES);
  const { code } = await createPromotion(site.database.db, site.clock, {
    ...{ code: null, amountNanoUsd: 5_000_000_000n, creditDays: 30, maxRedemptions: 9, by: BY },
    ...{ maxOrganizationAgeDays: null, note: null },
    redeemableUntil: new Date(site.clock.nowMs() + 3_600_000),
  });
  const redeem = (text: string, key: string) =>
    site.call(secret, "POST", "/organization/promotions/redeem", { code: text }, { "idempotency-key": key });
  const made = await redeem(code, "one");
  expect([made.status, made.body.amount_usd]).toEqual([201, "5.00"]);
  expect((await redeem(code, "one")).body).toEqual(made.body);
  expect((await redeem(code, "two")).body.error.code).toBe("conflict");
  const { body } = await site.call(secret, "GET", "/organization/promotions");
  expect(body).toMatchObject({ data: [{ id: made.body.id, amount_usd: "5.00" }], next_cursor: null });
  // The replay of an answer is no try: eight are left.
  const tries = [];
  for (let at = 0; at < 9; at += 1) tries.push((await redeem("GUESS-1", `guess-${at}`)).body.error.code);
  expect(tries).toEqual([...Array(8).fill("not_found"), "rate_limit_exceeded"]);
});

it("reads the commitment, the partner's account and the payouts", async () => {
  const owner = await site.owner();
  const read = async (path: string, secret: string) => (await site.call(secret, "GET", path)).body;
  const secret = await site.keyOf(owner, MANAGEMENT_SCOPES);
  expect((await read("/organization/partner", secret)).error.code).toBe("not_found");
  const { id } = await site.quoteFor(owner);
  await site.makePartner(owner);
  const quoted = { id, status: "quoted", yearly_amount_usd: "12000.00", discount_percent: 7.5 };
  expect((await read("/organization/commitments", secret)).data).toMatchObject([quoted]);
  expect(await read(`/organization/commitments/${id}`, secret)).toMatchObject({
    ...quoted,
    ...{ period: { price_usd: "925.00", credit_usd: "1000.00" }, standing: null },
  });
  expect(await read("/organization/partner", secret)).toMatchObject({
    link: expect.stringMatching(/^http:\/\/site\.example\/r\//),
    ...{ commission_percent: 10, hold_days: 30, available_usd: "0.00", has_payout_account: false },
  });
  expect(await read("/organization/payouts", secret)).toEqual({ data: [], next_cursor: null });
  const failed = { id: newId("payout"), status: "failed", amount_usd: "60.00", reason: "Account closed" };
  await site.database.pool.query(
    `INSERT INTO payout (id, organization_id, amount_nano_usd, status, requested_by_user_id, reason)
     VALUES ($1, $2, 60000000000, 'failed', $3, $4)`,
    [failed.id, owner.organizationId, owner.userId, failed.reason],
  );
  expect(await read(`/organization/payouts/${failed.id}`, secret)).toMatchObject(failed);
  expect((await read("/organization/payouts", secret)).data).toMatchObject([failed]);
});
