// Harm prevented: a period that is credited twice, or not at all, when Stripe's events come twice, late and in any order.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testSeed } from "@/server/dev/test-seed";
import { checkInvariants, readBalance } from "@/server/ledger";
import { crashing, type StripeFixture, stripeFixture } from "../stripe/fixtures";
import { type CommitmentFixture, commitmentFixture, usd } from "./fixtures";

let site: StripeFixture;
let own: CommitmentFixture;
beforeAll(async () => {
  site = await stripeFixture();
  own = commitmentFixture(site);
});
afterAll(() => site.close());

it("every event three times, shuffled, with crashes before the commit: each period is credited once", async () => {
  const runs = fc.asyncProperty(
    fc.record({
      payBy: fc.constantFrom("card" as const, "invoice" as const),
      renewals: fc.array(fc.constantFrom("pays" as const, "fails" as const, "late" as const), {
        maxLength: 3,
      }),
      disputes: fc.boolean(),
      ending: fc.constantFrom("runs" as const, "canceled" as const),
      order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      crashEvery: fc.integer({ min: 2, max: 5 }),
    }),
    async ({ payBy, renewals, disputes, ending, order, crashEvery }) => {
      const { owner, invoice, subscription } = await own.accepted(payBy);
      site.local.payInvoice(invoice);
      let periods = 1n;
      let isLate = false;
      for (const renewal of renewals) {
        const next = site.local.renewSubscription(subscription, renewal === "pays" ? "pays" : "fails");
        if (renewal === "late") site.local.payInvoice(next.id);
        if (renewal !== "fails") periods += 1n;
        isLate = renewal === "fails";
      }
      if (disputes) {
        const { payments } = site.local.store.get(invoice, "invoice") as unknown as {
          payments: { data: { payment: { payment_intent: string } }[] };
        };
        const dispute = site.local.openDispute(String(payments.data[0]?.payment.payment_intent));
        site.local.closeDispute(dispute.id, "lost");
      }
      if (ending === "canceled") site.local.cancelSubscription(subscription);
      const shuffled = site
        .fresh()
        .flatMap((body) => [body, body, body])
        .map((body, index) => ({ body, key: order[index % order.length] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ body }) => body);
      const db = crashing(site.database.db, crashEvery);
      for (let index = 0; index < shuffled.length; index += 3)
        for (let left = shuffled.slice(index, index + 3); left.length > 0; ) {
          const answers = await Promise.allSettled(left.map((body) => site.deliver(body, { db })));
          left = left.filter((_body, place) => answers[place]?.status === "rejected");
        }
      const balance = await readBalance(site.database.db, owner.organizationId);
      expect(balance.totalNanoUsd).toBe(usd(1_000) * (periods - (disputes ? 1n : 0n)));
      expect(await own.statusOf(owner)).toBe(
        ending === "canceled" ? "canceled" : isLate ? "past_due" : "active",
      );
      const told = await own.eventsOf(owner);
      expect(told.filter((type) => type === "subscription.created")).toHaveLength(1);
      expect(told.filter((type) => type === "subscription.renewed")).toHaveLength(Number(periods) - 1);
      expect(await checkInvariants(site.database.pool)).toEqual([]);
    },
  );
  await fc.assert(runs, { numRuns: 12, seed: testSeed("commitment events") });
}, 180_000);
