// Harm prevented: a payment that is credited twice, without money, to somebody else, or not at all.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signEvent } from "@/server/dev/stripe";
import { testSeed } from "@/server/dev/test-seed";
import { checkInvariants, readBalance, reconcilePayments } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { createLog } from "@/server/platform/log";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { readOrder } from "../orders";
import { listBalanceTransactions } from "./balance-transactions";
import { crashing, OLD_SECRET, SECRET, type StripeFixture, stripeFixture } from "./fixtures";
import { receiveStripeEvent } from "./webhook";

const usd = (dollars: number) => BigInt(dollars) * NANO_USD_PER_USD;
let site: StripeFixture;

beforeAll(async () => {
  site = await stripeFixture();
});
afterAll(() => site.close());

const stored = async () =>
  (await site.database.pool.query("SELECT id, type, outcome, detail FROM stripe_event ORDER BY received_at"))
    .rows;

describe("an event that Stripe did not sign", () => {
  it.each([
    ["another secret", "whsec_of_somebody_else", 0],
    ["an old recording", SECRET, -301_000],
  ])("%s is refused without a trace", async (_name, secret, ageMs) => {
    const owner = await site.owner();
    const { session } = await site.order(owner);
    site.local.paySession(session);
    const before = (await stored()).length;
    for (const body of site.fresh()) {
      const signature = signEvent(body, secret, systemClock.nowMs() + ageMs);
      expect(await receive(body, signature)).toBe(400);
    }
    expect(await stored()).toHaveLength(before);
    expect(await site.total(owner.organizationId)).toBe(0n);
  });

  it("no signature, an empty one, changed bytes, and a foreign scheme are refused", async () => {
    const owner = await site.owner();
    const { session } = await site.order(owner);
    site.local.paySession(session);
    const before = (await stored()).length;
    for (const body of site.fresh()) {
      const good = signEvent(body, SECRET, systemClock.nowMs());
      for (const signature of [null, "", "t=1,v1=00", good.replace("v1=", "v0=")])
        expect(await receive(body, signature)).toBe(400);
      expect(await receive(`${body} `, good)).toBe(400);
    }
    expect(await receive("not json", signEvent("not json", SECRET, systemClock.nowMs()))).toBe(400);
    expect(await stored()).toHaveLength(before);
    expect(await site.total(owner.organizationId)).toBe(0n);
  });

  async function receive(body: string, signature: string | null): Promise<number> {
    const deps = { db: site.database.db, clock: systemClock, log: createLog("silent"), stripe: site.stripe };
    return (await receiveStripeEvent(deps, Buffer.from(body), signature)).status;
  }
});

it("takes either of two secrets while one replaces the other", async () => {
  const owner = await site.owner();
  const { session } = await site.order(owner);
  site.local.paySession(session);
  for (const body of site.fresh()) expect(await site.deliver(body, { secret: OLD_SECRET })).toBe(200);
  expect(await site.total(owner.organizationId)).toBe(usd(50));
});

describe("an event that does not fit our order", () => {
  const change = (body: string, edit: (event: Record<string, unknown>) => void) => {
    const event = JSON.parse(body) as Record<string, unknown>;
    edit(event);
    return JSON.stringify(event);
  };

  it("of the other mode: 200, kept as rejected, no credit", async () => {
    const owner = await site.owner();
    const { session } = await site.order(owner);
    site.local.paySession(session);
    for (const body of site.fresh())
      expect(await site.deliver(change(body, (event) => (event.livemode = true)))).toBe(200);
    expect(await site.total(owner.organizationId)).toBe(0n);
    expect((await stored()).slice(-3).every(({ outcome }) => outcome === "rejected")).toBe(true);
  });

  it.each([
    ["amount", { amount_received: 4_999 }],
    ["currency", { currency: "eur" }],
    ["organization", { metadata: { order_id: "", organization_id: "org_other" } }],
    ["mode", { livemode: true }],
  ])("another %s: 200, kept as rejected, no credit", async (_name, edit) => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    site.local.paySession(session);
    const intent = site.local.store.get(
      site.local.store.get(session, "checkout.session").payment_intent,
      "payment_intent",
    );
    Object.assign(intent, edit, "metadata" in edit ? { metadata: { ...edit.metadata, order_id: id } } : {});
    for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
    expect(await site.total(owner.organizationId)).toBe(0n);
    expect((await stored()).slice(-3).every(({ outcome }) => outcome === "rejected")).toBe(true);
  });

  it("a second payment of a paid order is not credited again, and is kept as rejected", async () => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    site.local.paySession(session);
    for (const body of site.fresh()) await site.deliver(body);
    const again = { order_id: id, organization_id: owner.organizationId };
    await site.stripe.api.paymentIntents.create({
      amount: 5_000,
      currency: "usd",
      confirm: true,
      off_session: true,
      metadata: again,
    });
    for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
    expect(await site.total(owner.organizationId)).toBe(usd(50));
    expect((await stored()).at(-1)).toMatchObject({ outcome: "rejected" });
  });
});

describe("a checkout", () => {
  it("that is paid later is credited when the money arrives, and failed when it does not", async () => {
    for (const isPaid of [true, false]) {
      const owner = await site.owner();
      const { id, session } = await site.order(owner);
      site.local.paySession(session, "later");
      for (const body of site.fresh()) await site.deliver(body);
      expect(await site.total(owner.organizationId)).toBe(0n);
      site.local.settleSession(session, isPaid);
      for (const body of site.fresh()) await site.deliver(body);
      expect(await site.total(owner.organizationId)).toBe(isPaid ? usd(50) : 0n);
      const order = await readOrder(site.database.db, { ...owner, orderId: id }, systemClock);
      expect(order.status).toBe(isPaid ? "paid" : "failed");
    }
  });

  it("that expired is expired, and its money is credited if it arrives after all", async () => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    const name = { organizationId: owner.organizationId, orderId: id };
    site.local.expireSession(session);
    for (const body of site.fresh()) await site.deliver(body);
    expect((await readOrder(site.database.db, name, systemClock)).status).toBe("expired");
    site.local.store.get(session, "checkout.session").status = "open";
    site.local.paySession(session);
    for (const body of site.fresh()) await site.deliver(body);
    const order = await readOrder(site.database.db, name, systemClock);
    expect(order).toMatchObject({ status: "paid", receiptUrl: expect.stringContaining("receipts") });
    expect(order.invoiceUrl).toContain("invoice");
    expect(await site.total(owner.organizationId)).toBe(usd(50));
  });

  it("has one session however often it is opened", async () => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    const { openCheckout } = await import("./checkout");
    const request = { ...owner, orderId: id, appUrl: "http://site.example" };
    const urls = await Promise.all(
      Array.from({ length: 10 }, () => openCheckout(site.database.db, site.deps, request)),
    );
    expect(urls.every(({ url }) => url.endsWith(session))).toBe(true);
  });
});

it("every event three times, shuffled, with crashes before the commit: each payment nets right", async () => {
  const runs = fc.asyncProperty(
    fc.record({
      refundCents: fc.integer({ min: 0, max: 5_000 }),
      failsRefund: fc.boolean(),
      disputeCents: fc.integer({ min: 0, max: 5_000 }),
      ending: fc.constantFrom("open" as const, "won" as const, "lost" as const),
      order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      crashEvery: fc.integer({ min: 2, max: 5 }),
    }),
    async ({ refundCents, failsRefund, disputeCents, ending, order, crashEvery }) => {
      const owner = await site.owner();
      const { id, session } = await site.order(owner);
      site.local.paySession(session);
      const intent = String(site.local.store.get(session, "checkout.session").payment_intent);
      if (refundCents > 0) {
        const refund = site.local.refundByHand(intent, refundCents);
        if (failsRefund) site.local.failRefund(refund.id);
      }
      if (disputeCents > 0) {
        const dispute = site.local.openDispute(intent, disputeCents);
        if (ending !== "open") site.local.closeDispute(dispute.id, ending);
      }
      const thrice = site.fresh().flatMap((body) => [body, body, body]);
      const shuffled = thrice
        .map((body, index) => ({ body, key: order[index % order.length] ?? 0 }))
        .sort((a, b) => a.key - b.key);
      const db = crashing(site.database.db, crashEvery);
      for (let index = 0; index < shuffled.length; index += 3) {
        const some = shuffled.slice(index, index + 3).map(({ body }) => body);
        // Stripe sends again what was not answered with 200.
        for (let left = some; left.length > 0; ) {
          const answers = await Promise.allSettled(left.map((body) => site.deliver(body, { db })));
          left = left.filter((_body, place) => answers[place]?.status === "rejected");
        }
      }
      const cents = (count: number) => BigInt(count) * 10_000_000n;
      const expected =
        usd(50) - (failsRefund ? 0n : cents(refundCents)) - (ending === "won" ? 0n : cents(disputeCents));
      const balance = await readBalance(site.database.db, owner.organizationId);
      expect(balance.totalNanoUsd).toBe(expected);
      expect(await checkInvariants(site.database.pool)).toEqual([]);
      const { status } = await readOrder(site.database.db, { ...owner, orderId: id }, systemClock);
      expect(status).toBe(
        disputeCents > 0 && ending !== "won"
          ? "disputed"
          : failsRefund || refundCents === 0
            ? "paid"
            : refundCents === 5_000
              ? "refunded"
              : "partially_refunded",
      );
    },
  );
  await fc.assert(runs, { numRuns: 15, seed: testSeed("stripe events") });
}, 180_000);

it("leaves books that agree with Stripe's own, day by day", async () => {
  const own = await stripeFixture();
  const owner = await own.owner();
  const paid: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const { session } = await own.order(owner);
    own.local.paySession(session);
    paid.push(String(own.local.store.get(session, "checkout.session").payment_intent));
  }
  const [first = "", second = "", third = "", fourth = ""] = paid;
  own.local.refundByHand(first, 1_234);
  own.local.failRefund(own.local.refundByHand(first, 100).id);
  own.local.closeDispute(own.local.openDispute(second).id, "won");
  own.local.closeDispute(own.local.openDispute(third).id, "lost");
  own.local.openDispute(fourth);
  for (const body of own.fresh()) await own.deliver(body);
  const day = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
  const span = { fromMs: systemClock.nowMs() - 60_000, toMs: systemClock.nowMs() + 60_000 };
  const moved = await listBalanceTransactions(own.stripe, span);
  const days = await reconcilePayments(own.database.db, moved, { from: day, to: day });
  expect(days).toEqual([
    { day, isEqual: true, stripeNanoUsd: 8_766n * 10_000_000n, ledgerNanoUsd: 8_766n * 10_000_000n },
  ]);
  await own.close();
}, 30_000);
