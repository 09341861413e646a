// Harm prevented: money that leaves twice, leaves while it is spent, or does not come back when a refund or dispute fails.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditActor, verifyChain } from "@/server/audit";
import { checkInvariants } from "@/server/ledger";
import { resumeOrganization, suspendOrganization } from "@/server/organizations";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { createOrder } from "../create-order";
import { readOrder } from "../orders";
import { type StripeFixture, stripeFixture } from "./fixtures";
import { applyRefund, lockOrderOf } from "./money-back";
import { refundOrder, retryRefunds } from "./refund";
import { approveOrder, rejectOrder } from "./review";

const usd = (dollars: number) => BigInt(dollars) * NANO_USD_PER_USD;
const by: AuditActor = { kind: "operator", id: null, label: "Operator", ip: null };
let site: StripeFixture;

beforeAll(async () => {
  site = await stripeFixture();
});
afterAll(() => site.close());

const deliverAll = async () => {
  for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
};

async function paidOrder() {
  const owner = await site.owner();
  const { id, session } = await site.order(owner);
  site.local.paySession(session);
  await deliverAll();
  const intent = String(site.local.store.get(session, "checkout.session").payment_intent);
  const status = async () =>
    (await readOrder(site.database.db, { ...owner, orderId: id }, systemClock)).status;
  const total = () => site.total(owner.organizationId);
  const refund = (dollars: number | null) =>
    refundOrder(site.database.db, site.deps, {
      orderId: id,
      amountNanoUsd: dollars === null ? null : usd(dollars),
      reason: "asked for",
      by,
    });
  return { owner, id, intent, status, total, refund };
}

/** Whether the keys of the organization work. */
const standing = async ({ organizationId }: { organizationId: string }): Promise<unknown> => {
  const { rows } = await site.database.pool.query("SELECT status FROM organization WHERE id = $1", [
    organizationId,
  ]);
  return rows[0]?.status;
};
/** Kinds of the mails that wait for its owner, oldest first. */
const mailsTo = async ({ organizationId }: { organizationId: string }): Promise<unknown[]> => {
  const { rows } = await site.database.pool.query(
    "SELECT kind FROM mail_outbox WHERE organization_id = $1 ORDER BY id",
    [organizationId],
  );
  return rows.map(({ kind }) => kind);
};

describe("a refund", () => {
  it("takes from the balance, then from Stripe, in parts, and never more than was paid", async () => {
    const { status, total, refund, intent, owner } = await paidOrder();
    expect(await refund(20)).toMatchObject({ status: "succeeded", amountNanoUsd: usd(20) });
    expect([await status(), await total()]).toEqual(["partially_refunded", usd(30)]);
    await deliverAll();
    expect(await total()).toBe(usd(30));
    await expect(refund(31)).rejects.toMatchObject({ code: "conflict" });
    await refund(null);
    await deliverAll();
    expect([await status(), await total()]).toEqual(["refunded", 0n]);
    await expect(refund(null)).rejects.toMatchObject({ code: "conflict" });
    expect(await mailsTo(owner)).toEqual(["order_paid", "order_refunded", "order_refunded"]);
    const made = site.local.store.all("refund").filter((one) => one.payment_intent === intent);
    expect(made.map(({ amount }) => amount)).toEqual([2_000, 3_000]);
    expect(await verifyChain(site.database.db, owner.organizationId)).toMatchObject({ fault: null });
  });

  it("of 20 at once, one gets the money", async () => {
    const { total, refund, intent } = await paidOrder();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => refund(50)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await deliverAll();
    expect(await total()).toBe(0n);
    expect(site.local.store.all("refund").filter((one) => one.payment_intent === intent)).toHaveLength(1);
  });

  it("of spent money is refused, and nothing is taken", async () => {
    const { total, refund, owner, status } = await paidOrder();
    await site.database.pool.query(
      "SELECT * FROM debit_balance($1, 'adjustment', $2, $3, 'platform', false, 'spent')",
      [owner.organizationId, newId("transfer"), usd(30)],
    );
    await expect(refund(50)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("$20.00"),
    });
    expect([await status(), await total()]).toEqual(["paid", usd(20)]);
  });

  it("that Stripe refuses is given back at once", async () => {
    const { total, refund, intent, status } = await paidOrder();
    const charge = site.local.store.get(
      site.local.store.get(intent, "payment_intent").latest_charge,
      "charge",
    );
    charge.amount_refunded = 5_000;
    expect(await refund(20)).toMatchObject({ status: "failed" });
    expect([await status(), await total()]).toEqual(["paid", usd(50)]);
  });

  it("whose answer was lost is asked for once more, and made once", async () => {
    for (const fault of ["cut", "down"] as const) {
      const { total, refund, intent, id } = await paidOrder();
      site.local.setFault(fault);
      expect(await refund(20)).toMatchObject({ status: "pending" });
      site.local.setFault("none");
      expect(await total()).toBe(usd(30));
      await site.database.pool.query(
        "UPDATE refund SET created_at = now() - interval '1 hour' WHERE order_id = $1",
        [id],
      );
      await Promise.all([1, 2, 3].map(() => retryRefunds(site.database.db, site.deps)));
      await deliverAll();
      expect(await total()).toBe(usd(30));
      expect(site.local.store.all("refund").filter((one) => one.payment_intent === intent)).toHaveLength(1);
    }
  }, 60_000);

  it("that the bank sends back returns to the balance, once", async () => {
    const { total, refund, intent, status } = await paidOrder();
    await refund(20);
    await deliverAll();
    const [made] = site.local.store.all("refund").filter((one) => one.payment_intent === intent);
    site.local.failRefund(String(made?.id));
    const events = site.fresh();
    for (const body of [...events, ...events]) await site.deliver(body);
    expect([await status(), await total()]).toEqual(["paid", usd(50)]);
  });
});

it("prevents an old word of a refund from taking the money of one that has failed", async () => {
  const { total, intent, status } = await paidOrder();
  const fact = { id: newId("refund"), amountCents: 2_000, failureReason: null, ownId: undefined };
  const apply = (state: string) =>
    site.database.db.transaction(async (tx) => {
      const own = await lockOrderOf(tx, intent);
      if (own) await applyRefund(tx, systemClock, own, { ...fact, status: state });
    });
  for (const state of ["failed", "succeeded", "pending", "failed"]) await apply(state);
  expect([await status(), await total()]).toEqual(["paid", usd(50)]);
});

describe("a dispute", () => {
  it("freezes, then returns or takes; what is spent already is a debt", async () => {
    for (const [ending, left] of [
      ["won", usd(20)],
      ["lost", usd(-30)],
    ] as const) {
      const { total, intent, owner, status } = await paidOrder();
      await site.database.pool.query(
        "SELECT * FROM debit_balance($1, 'adjustment', $2, $3, 'platform', false, 'spent')",
        [owner.organizationId, newId("transfer"), usd(30)],
      );
      const { id } = site.local.openDispute(intent);
      await deliverAll();
      expect([await status(), await total()]).toEqual(["disputed", usd(-30)]);
      expect(await standing(owner)).toBe("suspended");
      site.local.closeDispute(id, ending);
      await deliverAll();
      expect([await status(), await total()]).toEqual([ending === "won" ? "paid" : "disputed", left]);
      expect(await standing(owner)).toBe(ending === "won" ? "active" : "suspended");
      expect(await mailsTo(owner)).toEqual(["order_paid", "order_disputed", "dispute_closed"]);
      expect(await checkInvariants(site.database.pool)).toEqual([]);
    }
  });

  it("after a refund takes its own amount too; refunding a disputed order is refused", async () => {
    const { total, intent, refund } = await paidOrder();
    await refund(20);
    await deliverAll();
    site.local.openDispute(intent, 3_000);
    await deliverAll();
    expect(await total()).toBe(0n);
    await expect(refund(1)).rejects.toMatchObject({ code: "conflict" });
  });

  it("that is won gives no organization back that an operator suspended, nor one with another dispute", async () => {
    const { intent, owner } = await paidOrder();
    const other = await site.order(owner);
    site.local.paySession(other.session);
    await deliverAll();
    const second = String(site.local.store.get(other.session, "checkout.session").payment_intent);
    const disputes = [site.local.openDispute(intent), site.local.openDispute(second)];
    await deliverAll();
    site.local.closeDispute(disputes[0]?.id ?? "", "won");
    await deliverAll();
    expect(await standing(owner)).toBe("suspended");
    const { organizationId } = owner;
    const word = { organizationId, by, reason: "fraud", for: "operator" as const };
    await site.database.db.transaction((tx) => suspendOrganization(tx, systemClock, word));
    site.local.closeDispute(disputes[1]?.id ?? "", "won");
    await deliverAll();
    expect(await standing(owner)).toBe("suspended");
    await site.database.db.transaction((tx) => resumeOrganization(tx, systemClock, word));
    expect(await standing(owner)).toBe("active");
    expect(await verifyChain(site.database.db, organizationId)).toMatchObject({ fault: null });
  });

  it("that is only asked about freezes nothing", async () => {
    const { total, intent, status } = await paidOrder();
    site.local.openDispute(intent).status = "warning_needs_response";
    await deliverAll();
    expect([await status(), await total()]).toEqual(["paid", usd(50)]);
  });
});

describe("an order in review", () => {
  const review = async () => {
    const owner = await site.owner();
    const input = { ...owner, pack: "business", attemptKey: newId("request") };
    const { id: orderId } = await createOrder(site.database.db, site.deps, input);
    return { owner, orderId };
  };

  it("is approved, invoiced, paid and credited, each once", async () => {
    const { owner, orderId } = await review();
    const first = await approveOrder(site.database.db, site.deps, { orderId, by });
    expect(first).toMatchObject({ status: "approved", invoiceUrl: expect.stringContaining("/i/") });
    expect(await approveOrder(site.database.db, site.deps, { orderId, by })).toEqual(first);
    expect(await site.total(owner.organizationId)).toBe(0n);
    const invoice = first.invoiceUrl?.split("/").at(-1) ?? "";
    site.local.failInvoice(invoice);
    site.local.payInvoice(invoice);
    const events = site.fresh();
    for (const body of [...events, ...events].reverse()) await site.deliver(body);
    expect(await site.total(owner.organizationId)).toBe(usd(5_000));
    const order = await readOrder(site.database.db, { ...owner, orderId }, systemClock);
    expect(order.status).toBe("paid");
  });

  it("is invoiced once when Stripe's answer was lost in between", async () => {
    const { orderId } = await review();
    site.local.setFault("cut");
    await expect(approveOrder(site.database.db, site.deps, { orderId, by })).rejects.toMatchObject({
      code: "service_unavailable",
    });
    site.local.setFault("none");
    const before = site.local.store.all("invoice").length;
    await approveOrder(site.database.db, site.deps, { orderId, by });
    const own = site.local.store
      .all("invoice")
      .filter(({ metadata }) => (metadata as { order_id?: string }).order_id === orderId);
    expect(own).toHaveLength(1);
    expect(site.local.store.all("invoice").length - before).toBeLessThanOrEqual(1);
    expect(own[0]?.total).toBe(500_000);
  }, 30_000);

  it("that was rejected is not approved any more, nor credited when money arrives for it", async () => {
    const { owner, orderId } = await review();
    expect(await rejectOrder(site.database.db, site.deps, { orderId, by })).toMatchObject({
      status: "rejected",
    });
    await expect(approveOrder(site.database.db, site.deps, { orderId, by })).rejects.toMatchObject({
      code: "conflict",
    });
    await site.stripe.api.paymentIntents.create({
      amount: 500_000,
      currency: "usd",
      confirm: true,
      metadata: { order_id: orderId, organization_id: owner.organizationId },
    });
    await deliverAll();
    expect(await site.total(owner.organizationId)).toBe(0n);
  });
});
