// Harm prevented: a year that is paid and not credited, credited without money or twice, or billed after it was canceled.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reconcilePayments } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { listBalanceTransactions } from "../stripe/balance-transactions";
import { type StripeFixture, stripeFixture } from "../stripe/fixtures";
import { acceptCommitment, cancelCommitment, endCommitment, withdrawQuote } from ".";
import { by, type CommitmentFixture, commitmentFixture, commitmentOf, MONTHLY, usd } from "./fixtures";
import { followSubscription } from "./follow";
import { commitmentText } from "./terms";

let site: StripeFixture;
let own: CommitmentFixture;
beforeAll(async () => {
  site = await stripeFixture();
  own = commitmentFixture(site);
});
afterAll(() => site.close());

describe("a quote", () => {
  it("is refused for terms that do not add up", async () => {
    const { organizationId } = await site.owner();
    for (const [field, over] of [
      ["yearlyUsd", { yearlyNanoUsd: usd(11_999) }],
      ["yearlyUsd", { yearlyNanoUsd: usd(1_000_000) }],
      ["yearlyUsd", { yearlyNanoUsd: usd(12_001) }],
      ["discountPercent", { discountBasisPoints: 5_001 }],
      ["discountPercent", { discountBasisPoints: -1 }],
      ["validDays", { validDays: 0 }],
      ["note", { note: "x".repeat(2_001) }],
    ] as const)
      await expect(own.quote(organizationId, over)).rejects.toMatchObject({
        code: "invalid_request",
        param: field,
      });
    await expect(own.quote("org_none")).rejects.toMatchObject({ code: "not_found" });
  });

  it("replaces the one before, and cannot be accepted when it is withdrawn or out of date", async () => {
    const owner = await site.owner();
    await Promise.all(Array.from({ length: 8 }, () => own.quote(owner.organizationId)));
    const last = (await own.view(owner)).quote;
    const open = await site.database.pool.query(
      "SELECT 1 FROM commitment WHERE organization_id = $1 AND status = 'quoted'",
      [owner.organizationId],
    );
    expect(open.rowCount).toBe(1);
    const accept = (commitmentId: string) =>
      acceptCommitment(site.database.db, site.deps, {
        organizationId: owner.organizationId,
        commitmentId,
        userId: owner.userId,
        payBy: "card",
        consent: commitmentText(MONTHLY),
        audit: by,
      });
    await site.database.pool.query("UPDATE commitment SET valid_until = now() - interval '1 second'");
    await expect(accept(String(last?.id))).rejects.toMatchObject({ code: "conflict" });
    const fresh = await own.quote(owner.organizationId);
    await withdrawQuote(site.database.db, systemClock, { commitmentId: fresh.id, by });
    await expect(accept(fresh.id)).rejects.toMatchObject({ code: "conflict" });
    expect(site.local.store.all("subscription")).toEqual([]);
  });

  it("is accepted only by its own organization, and in its own words", async () => {
    const owner = await site.owner();
    const stranger = await site.owner();
    const { id } = await own.quote(owner.organizationId);
    const input = { commitmentId: id, userId: owner.userId, payBy: "card", audit: by } as const;
    await expect(
      acceptCommitment(site.database.db, site.deps, {
        ...input,
        ...stranger,
        consent: commitmentText(MONTHLY),
      }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      acceptCommitment(site.database.db, site.deps, {
        ...input,
        organizationId: owner.organizationId,
        consent: commitmentText({ ...MONTHLY, yearlyNanoUsd: usd(1_200) }),
      }),
    ).rejects.toMatchObject({ param: "consent" });
  });
});

describe("a commitment", () => {
  it("begins with its first payment, credits the whole period for the price less the discount, and renews", async () => {
    const { owner, invoice, subscription, accept } = await own.accepted();
    await own.deliverAll();
    expect([await own.statusOf(owner), await own.buckets(owner)]).toEqual(["accepted", undefined]);
    site.local.payInvoice(invoice);
    await own.deliverAll();
    expect(await own.statusOf(owner)).toBe("active");
    expect(await own.buckets(owner)).toEqual({ committed: usd(1_000), paid: 0n, debt: 0n });
    site.local.renewSubscription(subscription, "pays");
    await own.deliverAll();
    expect(await own.buckets(owner)).toMatchObject({ committed: usd(2_000) });
    expect(await own.eventsOf(owner)).toEqual(["subscription.created", "subscription.renewed"]);
    const mails = await own.mailsOf(owner);
    expect(mails.map(({ kind }) => kind)).toEqual(["commitment_began", "commitment_renewed"]);
    expect(mails[1]?.data).toMatchObject({ creditUsd: "1000.00", priceUsd: "900.00", yearlyUsd: "12000.00" });
    const shown = await own.view(owner);
    expect(shown.periods.map(({ priceNanoUsd, creditNanoUsd }) => [priceNanoUsd, creditNanoUsd])).toEqual([
      [usd(900), usd(1_000)],
      [usd(900), usd(1_000)],
    ]);
    expect(shown.standing).toMatchObject({ creditedNanoUsd: usd(2_000), usedNanoUsd: 0n });
    // Accepted again, it is the same.
    await accept();
    expect(
      site.local.store
        .all("subscription")
        .filter(({ customer }) =>
          site.local.store
            .all("subscription")
            .some((one) => one.id === subscription && one.customer === customer),
        ),
    ).toHaveLength(1);
  });

  it("accepted 10 times at once, and with answers that were lost, is one subscription", async () => {
    const owner = await site.owner();
    const { id } = await own.quote(owner.organizationId);
    const accept = () =>
      acceptCommitment(site.database.db, site.deps, {
        organizationId: owner.organizationId,
        commitmentId: id,
        userId: owner.userId,
        payBy: "invoice",
        consent: commitmentText(MONTHLY),
        audit: by,
      });
    site.local.setFault("cut");
    await expect(accept()).rejects.toMatchObject({ code: "service_unavailable" });
    site.local.setFault("none");
    await Promise.all(Array.from({ length: 10 }, accept));
    const made = site.local.store.all("subscription").filter((one) => commitmentOf(one) === id);
    expect(made).toHaveLength(1);
    const trail = await site.database.pool.query(
      "SELECT 1 FROM audit_event WHERE chain = $1 AND action = 'commitment.accepted'",
      [owner.organizationId],
    );
    expect(trail.rowCount).toBe(1);
  }, 60_000);

  it("that is late says so once, and is in order again when its invoice is paid", async () => {
    const { owner, invoice, subscription } = await own.accepted();
    site.local.payInvoice(invoice);
    const late = site.local.renewSubscription(subscription, "fails");
    await own.deliverAll();
    expect(await own.statusOf(owner)).toBe("past_due");
    expect((await own.view(owner)).current?.invoiceUrl).toContain(late.id);
    expect(await own.buckets(owner)).toMatchObject({ committed: usd(1_000) });
    site.local.payInvoice(late.id);
    await own.deliverAll();
    expect(await own.statusOf(owner)).toBe("active");
    expect(await own.eventsOf(owner)).toEqual([
      "subscription.created",
      "subscription.past_due",
      "subscription.renewed",
    ]);
    const mails = await own.mailsOf(owner);
    expect(mails.map(({ kind }) => kind)).toEqual([
      "commitment_began",
      "commitment_past_due",
      "commitment_renewed",
    ]);
    expect(mails[1]?.data.invoiceUrl).toContain(late.id);
  });

  it("is not late again by an answer of Stripe's that was read before the payment", async () => {
    const { owner, id, invoice, subscription } = await own.accepted();
    site.local.payInvoice(invoice);
    await own.deliverAll();
    const old = {
      id: subscription,
      commitmentId: id,
      organizationId: owner.organizationId,
      livemode: false,
      status: "past_due",
      cancelAt: null,
      invoiceUrl: null,
      readAt: new Date(systemClock.nowMs() - 60_000),
    };
    const deps = { clock: systemClock, livemode: false };
    await site.database.db.transaction((tx) => followSubscription(tx, deps, old));
    expect(await own.statusOf(owner)).toBe("active");
    const now = { ...old, readAt: new Date(systemClock.nowMs() + 1_000) };
    await site.database.db.transaction((tx) => followSubscription(tx, deps, now));
    expect(await own.statusOf(owner)).toBe("past_due");
  });

  it("is canceled at the end of its year by the customer, at once by us, and what was credited stays", async () => {
    const year = await own.accepted("invoice", { schedule: "annual" });
    site.local.payInvoice(year.invoice);
    await own.deliverAll();
    await cancelCommitment(site.database.db, site.deps, { ...year.input, by });
    const { current } = await own.view(year.owner);
    expect(current).toMatchObject({ status: "active", endsAt: current?.periodEnd });
    const endsOn = current?.endsAt?.toISOString().slice(0, 10);
    site.local.renewSubscription(year.subscription, "pays");
    await own.deliverAll();
    expect(await own.statusOf(year.owner)).toBe("canceled");
    expect(await own.buckets(year.owner)).toMatchObject({ committed: usd(12_000) });
    // Once when it is canceled, with its last day, and once when it has ended.
    expect((await own.mailsOf(year.owner)).map(({ kind, data }) => [kind, data.endsOn])).toEqual([
      ["commitment_began", undefined],
      ["commitment_canceled", endsOn],
      ["commitment_canceled", undefined],
    ]);
    const month = await own.accepted();
    site.local.payInvoice(month.invoice);
    await own.deliverAll();
    await cancelCommitment(site.database.db, site.deps, { ...month.input, isImmediate: true, by });
    await own.deliverAll();
    expect(await own.eventsOf(month.owner)).toEqual(["subscription.created", "subscription.canceled"]);
    expect((await own.mailsOf(month.owner)).map(({ kind }) => kind)).toEqual([
      "commitment_began",
      "commitment_canceled",
    ]);
  });

  it("whose first invoice is never paid ends without a trace in the balance", async () => {
    for (const end of ["cancel", "lapse"] as const) {
      const { owner, input, subscription } = await own.accepted();
      if (end === "cancel") await cancelCommitment(site.database.db, site.deps, { ...input, by });
      else site.local.lapseSubscription(subscription);
      await own.deliverAll();
      const { rows } = await site.database.pool.query("SELECT status FROM commitment WHERE id = $1", [
        input.commitmentId,
      ]);
      expect([rows[0].status, await own.eventsOf(owner), await own.buckets(owner)]).toEqual([
        "canceled",
        [],
        undefined,
      ]);
      expect(await own.mailsOf(owner)).toEqual([]);
      // Another one can follow.
      expect(await own.quote(owner.organizationId)).toMatchObject({ status: "quoted" });
    }
  });

  it("is ended by an operator whatever it is, with the reason in the organization's trail", async () => {
    const end = (commitmentId: string, isImmediate = false) =>
      endCommitment(site.database.db, site.deps, { commitmentId, isImmediate, reason: "Agreed by mail", by });
    const offered = await site.owner();
    const { id: quoteId } = await own.quote(offered.organizationId);
    expect(await end(quoteId)).toMatchObject({ status: "withdrawn" });
    await expect(end(quoteId)).rejects.toMatchObject({ code: "conflict" });
    const running = await own.accepted();
    site.local.payInvoice(running.invoice);
    await own.deliverAll();
    expect((await end(running.id)).endsAt).not.toBeNull();
    await end(running.id, true);
    await own.deliverAll();
    expect(await own.statusOf(running.owner)).toBe("canceled");
    await expect(end("cmt_none")).rejects.toMatchObject({ code: "not_found" });
    const { rows } = await site.database.pool.query(
      "SELECT action, after ->> 'reason' AS reason FROM audit_event WHERE target_id = ANY($1) AND after ? 'reason' ORDER BY created_at, sequence",
      [[quoteId, running.id]],
    );
    expect(rows).toEqual([
      { action: "commitment.withdrawn", reason: "Agreed by mail" },
      { action: "commitment.canceled", reason: "Agreed by mail" },
      { action: "commitment.canceled", reason: "Agreed by mail" },
    ]);
  });

  it("shows how far spending is behind its pace", async () => {
    const { owner, id, invoice } = await own.accepted();
    site.local.payInvoice(invoice);
    await own.deliverAll();
    await site.database.pool.query(
      "UPDATE commitment SET started_at = now() - interval '73 days' WHERE id = $1",
      [id],
    );
    const { standing } = await own.view(owner);
    // A fifth of a year of 365 days, give or take the moment that the test takes.
    expect(standing?.shortfallNanoUsd).toBeGreaterThan(usd(2_399));
    expect(standing?.shortfallNanoUsd).toBeLessThan(usd(2_401));
  });
});

describe("a payment that does not fit", () => {
  it.each([
    ["amount", { amount_paid: 90_100 }],
    ["currency", { currency: "eur" }],
    ["mode", { livemode: true }],
  ])("another %s: 200, kept as rejected, no credit", async (_name, edit) => {
    const { owner, invoice } = await own.accepted();
    site.local.payInvoice(invoice);
    Object.assign(site.local.store.get(invoice, "invoice"), edit);
    await own.deliverAll();
    expect([await own.statusOf(owner), await own.buckets(owner)]).toEqual(["accepted", undefined]);
  });

  it("another organization, or another subscription: no credit", async () => {
    for (const edit of [{ metadata: { organization_id: "org_other" } }, { subscription: "sub_other" }]) {
      const { owner, invoice, id } = await own.accepted();
      site.local.payInvoice(invoice);
      const parent = site.local.store.get(invoice, "invoice").parent as { subscription_details: object };
      const details = { commitment_id: id, organization_id: owner.organizationId };
      Object.assign(
        parent.subscription_details,
        edit,
        "metadata" in edit ? { metadata: { ...details, ...edit.metadata } } : {},
      );
      for (const body of site.fresh()) await site.deliver(body).catch(() => 500);
      expect(await own.buckets(owner)).toBeUndefined();
    }
  });
});

it("gives back a period's price with its discount, and takes it again when the bank decides for us", async () => {
  const { owner, invoice } = await own.accepted();
  site.local.payInvoice(invoice);
  const [payment] = (
    site.local.store.get(invoice, "invoice").payments as { data: { payment: { payment_intent: string } }[] }
  ).data;
  const intent = String(payment?.payment.payment_intent);
  const dispute = site.local.openDispute(intent, 45_000);
  await own.deliverAll();
  expect(await own.buckets(owner)).toEqual({ committed: usd(500), paid: 0n, debt: 0n });
  site.local.closeDispute(dispute.id, "won");
  await own.deliverAll();
  expect(await own.buckets(owner)).toEqual({ committed: usd(1_000), paid: 0n, debt: 0n });
  site.local.refundByHand(intent, 90_000);
  await own.deliverAll();
  expect(await own.buckets(owner)).toEqual({ committed: 0n, paid: 0n, debt: 0n });
});

it("leaves books that agree with Stripe's own: the discount is no money of Stripe's", async () => {
  const other = await stripeFixture();
  const { accepted, deliverAll } = commitmentFixture(other);
  const { invoice, subscription } = await accepted();
  other.local.payInvoice(invoice);
  other.local.renewSubscription(subscription, "pays");
  await deliverAll();
  const now = systemClock.nowMs();
  const day = new Date(now).toISOString().slice(0, 10);
  const moved = await listBalanceTransactions(other.stripe, { fromMs: now - 60_000, toMs: now + 60_000 });
  expect(await reconcilePayments(other.database.db, moved, { from: day, to: day })).toEqual([
    { day, isEqual: true, stripeNanoUsd: usd(1_800), ledgerNanoUsd: usd(1_800) },
  ]);
  await other.close();
}, 30_000);
