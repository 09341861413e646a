// Harm prevented: commission on money that nobody paid, that went back, or that a partner paid to themselves; a payout
// beyond what was earned, or twice.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { member } from "@/db/schema";
import type { AuditActor } from "@/server/audit";
import type { OwnerFixture } from "@/server/keys/fixtures";
import { checkInvariants, readBalance, reconcilePayments } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { listBalanceTransactions } from "../stripe/balance-transactions";
import { crashing, type StripeFixture, stripeFixture } from "../stripe/fixtures";
import {
  answerReferralLink,
  approvePayout,
  changePartner,
  convertPayout,
  failPayout,
  joinPartners,
  markPayoutPaid,
  openPayoutAccount,
  recordReferral,
  requestPayout,
  sendPayout,
  viewPartner,
} from ".";
import { partnerText, STANDARD_RULES } from "./terms";

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

const join = (owner: OwnerFixture) =>
  joinPartners(site.database.db, systemClock, { ...owner, consent: partnerText(STANDARD_RULES), audit: by });

/** A partner and an organization that came by its link. */
async function referred() {
  const partner = await site.owner();
  const { code } = await join(partner);
  const guest = await site.owner();
  expect(
    await recordReferral(site.database.db, systemClock, { organizationId: guest.organizationId, code }),
  ).toBe(true);
  return { partner, guest, code };
}

/** The guest pays; answers the payment. */
async function pays(guest: OwnerFixture, amountUsd = "1000") {
  const { id, session } = await site.order(guest, { amountUsd });
  site.local.paySession(session);
  await deliverAll();
  return { id, intent: String(site.local.store.get(session, "checkout.session").payment_intent) };
}

const standing = async ({ organizationId }: OwnerFixture) =>
  (await viewPartner(site.database.db, organizationId))?.standing;
const release = (partner: OwnerFixture) =>
  site.database.pool.query(
    "UPDATE commission SET available_at = now() - interval '1 second' WHERE partner_organization_id = $1",
    [partner.organizationId],
  );
const request = (partner: OwnerFixture, dollars: number) =>
  requestPayout(site.database.db, systemClock, { ...partner, amountNanoUsd: usd(dollars), audit: by });
const convert = (partner: OwnerFixture, dollars: number) =>
  convertPayout(site.database.db, systemClock, { ...partner, amountNanoUsd: usd(dollars), audit: by });
const manual = (payoutId: string) =>
  markPayoutPaid(site.database.db, systemClock, {
    payoutId,
    by,
    method: "manual",
    reference: "wire 1",
    stripeTransferId: null,
  });
const eventsOf = async ({ organizationId }: OwnerFixture) =>
  (
    await site.database.pool.query<{ type: string }>(
      "SELECT type FROM event WHERE organization_id = $1 AND type LIKE 'payout.%' ORDER BY id",
      [organizationId],
    )
  ).rows.map(({ type }) => type);

describe("a referral", () => {
  it("is kept once, for a new organization, of a code that is somebody's", async () => {
    const { partner, guest, code } = await referred();
    const other = await join(await site.owner());
    const keep = (organizationId: string, of: string) =>
      recordReferral(site.database.db, systemClock, { organizationId, code: of });
    expect(await keep(guest.organizationId, other.code)).toBe(false);
    expect(await keep(partner.organizationId, code)).toBe(false);
    for (const of of ["", "0000000000", "' OR 1=1", "A".repeat(10), "x".repeat(11)])
      expect(await keep((await site.owner()).organizationId, of)).toBe(false);
    expect((await join(partner)).code).toBe(code);
  });

  it("link sets a cookie that scripts cannot read, and leads nowhere else", () => {
    const answer = (code: string, appUrl = "https://site.example") =>
      answerReferralLink(code, appUrl, "__Host-dti-referral");
    expect(answer("abcdefghjk").headers.get("set-cookie")).toBe(
      "__Host-dti-referral=abcdefghjk; Path=/; Max-Age=5184000; HttpOnly; SameSite=Lax; Secure",
    );
    for (const code of ["abc; Domain=evil.example", "a\r\nset-cookie: x=y", "//evil.example"]) {
      const { headers, status } = answer(code);
      expect([status, headers.get("location"), headers.get("set-cookie")]).toEqual([
        302,
        "https://site.example/",
        null,
      ]);
    }
  });

  it("rules are agreed to in their own words", async () => {
    const owner = await site.owner();
    await expect(
      joinPartners(site.database.db, systemClock, { ...owner, consent: "yes", audit: by }),
    ).rejects.toMatchObject({ code: "invalid_request", param: "consent" });
  });
});

describe("commission", () => {
  it("is earned by a paid order, once, and held", async () => {
    const { partner, guest } = await referred();
    await site.order(guest, { amountUsd: "500" });
    expect(await standing(partner)).toMatchObject({ earnedNanoUsd: 0n });
    await pays(guest);
    expect(await standing(partner)).toMatchObject({
      earnedNanoUsd: usd(100),
      heldNanoUsd: usd(100),
      availableNanoUsd: 0n,
    });
    await expect(request(partner, 100)).rejects.toMatchObject({ code: "conflict" });
    await release(partner);
    expect(await standing(partner)).toMatchObject({ heldNanoUsd: 0n, availableNanoUsd: usd(100) });
    // The guest's balance is whole: commission is ours to pay.
    expect((await readBalance(site.database.db, guest.organizationId)).totalNanoUsd).toBe(usd(1_000));
    expect((await readBalance(site.database.db, partner.organizationId)).totalNanoUsd).toBe(0n);
  });

  it("goes with refunds and disputes, in part and whole, and comes back with a dispute that was won", async () => {
    const { partner, guest } = await referred();
    const { intent } = await pays(guest);
    const refund = site.local.refundByHand(intent, 25_000);
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ earnedNanoUsd: usd(75) });
    site.local.failRefund(refund.id);
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ earnedNanoUsd: usd(100) });
    const dispute = site.local.openDispute(intent);
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ earnedNanoUsd: 0n });
    site.local.closeDispute(dispute.id, "won");
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ earnedNanoUsd: usd(100) });
    const lost = await pays(guest);
    site.local.closeDispute(site.local.openDispute(lost.intent).id, "lost");
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ earnedNanoUsd: usd(100) });
  });

  it("is not earned by one's own people, after its months, or by a partner that was stopped", async () => {
    const own = await referred();
    await site.database.db.insert(member).values({
      id: newId("member"),
      organizationId: own.guest.organizationId,
      userId: own.partner.userId,
      role: "viewer",
    });
    const late = await referred();
    await site.database.pool.query(
      "UPDATE referral SET created_at = now() - interval '13 months' WHERE organization_id = $1",
      [late.guest.organizationId],
    );
    const stopped = await referred();
    await changePartner(site.database.db, systemClock, {
      organizationId: stopped.partner.organizationId,
      isActive: false,
      by,
    });
    for (const { partner, guest } of [own, late, stopped]) {
      await pays(guest);
      expect(await standing(partner)).toMatchObject({ earnedNanoUsd: 0n });
    }
    await expect(
      changePartner(site.database.db, systemClock, { ...(await site.owner()), isActive: true, by }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

async function withCommission(dollars = 100) {
  const { partner, guest } = await referred();
  const { intent } = await pays(guest, String(dollars * 10));
  await release(partner);
  return { partner, guest, intent };
}

/** What is to be mailed about payouts, in its order. */
const mailsOf = async ({ organizationId }: OwnerFixture) =>
  (
    await site.database.pool.query<{ kind: string; data: Record<string, string> }>(
      "SELECT kind, data FROM mail_outbox WHERE organization_id = $1 AND kind LIKE 'payout_%' ORDER BY id",
      [organizationId],
    )
  ).rows;

describe("a payout", () => {
  it("of any number at once never takes more than was earned", async () => {
    const { partner } = await withCommission(200);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? request(partner, 60) : convert(partner, 60))),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await standing(partner)).toMatchObject({ availableNanoUsd: usd(20) });
  });

  it("is requested, approved and paid by hand, each once, and told of", async () => {
    const { partner } = await withCommission();
    await expect(request(partner, 49)).rejects.toMatchObject({ code: "invalid_request" });
    await expect(request(partner, 101)).rejects.toMatchObject({ code: "conflict" });
    const { id } = await request(partner, 100);
    await expect(manual(id)).rejects.toMatchObject({ code: "conflict" });
    await Promise.all(
      [1, 2, 3].map(() => approvePayout(site.database.db, systemClock, { payoutId: id, by })),
    );
    const paid = await Promise.all([1, 2, 3].map(() => manual(id)));
    expect(paid.every(({ status }) => status === "paid")).toBe(true);
    expect(await standing(partner)).toMatchObject({
      accountNanoUsd: 0n,
      paidNanoUsd: usd(100),
      availableNanoUsd: 0n,
    });
    expect(await eventsOf(partner)).toEqual(["payout.requested", "payout.approved", "payout.paid"]);
    const mails = await mailsOf(partner);
    expect(mails.map(({ kind }) => kind)).toEqual(["payout_approved", "payout_paid"]);
    expect(mails[1]?.data).toMatchObject({ amountUsd: "100.00", method: "manual", reference: "wire 1" });
    await expect(
      failPayout(site.database.db, systemClock, { payoutId: id, by, reason: "no" }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("kept as balance is paid money at once", async () => {
    const { partner } = await withCommission();
    await convert(partner, 100);
    expect((await readBalance(site.database.db, partner.organizationId)).totalNanoUsd).toBe(usd(100));
    await expect(convert(partner, 1)).rejects.toMatchObject({ code: "conflict" });
    await expect(convert(await site.owner(), 1)).rejects.toMatchObject({ code: "not_found" });
  });

  it("whose commission was refunded meanwhile is not approved, nor paid", async () => {
    const { partner, intent } = await withCommission();
    const first = await request(partner, 50);
    const second = await request(partner, 50);
    await approvePayout(site.database.db, systemClock, { payoutId: first.id, by });
    site.local.refundByHand(intent, 100_000);
    await deliverAll();
    await expect(
      approvePayout(site.database.db, systemClock, { payoutId: second.id, by }),
    ).rejects.toMatchObject({ code: "conflict" });
    await expect(manual(first.id)).rejects.toMatchObject({ code: "conflict" });
    await failPayout(site.database.db, systemClock, { payoutId: first.id, by, reason: "refunded" });
    expect(await standing(partner)).toMatchObject({ availableNanoUsd: 0n, paidNanoUsd: 0n });
  });

  it("that was paid before its order was refunded is made up for by the next commission", async () => {
    const { partner, guest, intent } = await withCommission();
    const { id } = await request(partner, 100);
    await approvePayout(site.database.db, systemClock, { payoutId: id, by });
    await manual(id);
    site.local.refundByHand(intent, 100_000);
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ accountNanoUsd: -usd(100), availableNanoUsd: 0n });
    await pays(guest, "1500");
    await release(partner);
    expect(await standing(partner)).toMatchObject({ accountNanoUsd: usd(50), availableNanoUsd: usd(50) });
  });
});

describe("a payout by Stripe", () => {
  async function approved() {
    const { partner } = await withCommission();
    const { id } = await request(partner, 100);
    await approvePayout(site.database.db, systemClock, { payoutId: id, by });
    const send = () => sendPayout(site.database.db, site.deps, { payoutId: id, by });
    const connect = async () => {
      const { url } = await openPayoutAccount(site.database.db, site.deps, {
        organizationId: partner.organizationId,
        appUrl: "http://site.example",
      });
      return /acct_\w+/.exec(url)?.[0] ?? "";
    };
    return { partner, id, send, connect };
  }
  const transfersOf = (id: string) =>
    site.local.store.all("transfer").filter((made) => made.transfer_group === id);

  it("is sent once, to an account that can receive it, also when answers are lost", async () => {
    const { partner, id, send, connect } = await approved();
    await expect(send()).rejects.toMatchObject({ code: "conflict" });
    const account = await connect();
    expect(await connect()).toBe(account);
    await expect(send()).rejects.toMatchObject({ code: "conflict" });
    site.local.completeAccount(account);
    site.local.setFault("cut");
    await expect(send()).rejects.toMatchObject({ code: "service_unavailable" });
    site.local.setFault("none");
    const sent = await Promise.all(Array.from({ length: 5 }, send));
    expect(sent.every(({ status }) => status === "paid")).toBe(true);
    expect(transfersOf(id)).toHaveLength(1);
    expect(await standing(partner)).toMatchObject({ accountNanoUsd: 0n, paidNanoUsd: usd(100) });
  }, 60_000);

  it("that comes back is failed once, three events and crashes between, and can be asked for again", async () => {
    const { partner, id, send, connect } = await approved();
    site.local.completeAccount(await connect());
    await send();
    const [transfer] = transfersOf(id);
    site.local.reverseTransfer(String(transfer?.id));
    const bodies = site.fresh().flatMap((body) => [body, body, body]);
    const db = crashing(site.database.db, 2);
    for (let left = bodies; left.length > 0; ) {
      const answers = await Promise.allSettled(left.map((body) => site.deliver(body, { db })));
      left = left.filter((_body, place) => answers[place]?.status === "rejected");
    }
    expect(await standing(partner)).toMatchObject({ accountNanoUsd: usd(100), availableNanoUsd: usd(100) });
    expect(await eventsOf(partner)).toEqual([
      "payout.requested",
      "payout.approved",
      "payout.paid",
      "payout.failed",
    ]);
    expect((await mailsOf(partner)).map(({ kind }) => kind)).toEqual([
      "payout_approved",
      "payout_paid",
      "payout_failed",
    ]);
    expect(await request(partner, 100)).toMatchObject({ status: "requested" });
  });

  it("of which a part came back moves nothing, and is kept as rejected", async () => {
    const { partner, id, send, connect } = await approved();
    site.local.completeAccount(await connect());
    await send();
    site.local.reverseTransfer(String(transfersOf(id)[0]?.id), 100);
    await deliverAll();
    expect(await standing(partner)).toMatchObject({ paidNanoUsd: usd(100), accountNanoUsd: 0n });
    const { rows } = await site.database.pool.query(
      "SELECT outcome FROM stripe_event WHERE type = 'transfer.reversed' ORDER BY received_at DESC LIMIT 1",
    );
    expect(rows).toEqual([{ outcome: "rejected" }]);
  });

  it("that Stripe refuses fails, and its commission is available again", async () => {
    const { partner, id, send, connect } = await approved();
    const account = await connect();
    site.local.completeAccount(account);
    site.local.store.get(account, "account").isBeyondOurBalance = true;
    expect(await send()).toMatchObject({ status: "failed", reason: expect.stringContaining("insufficient") });
    expect(transfersOf(id)).toHaveLength(0);
    expect(await standing(partner)).toMatchObject({ availableNanoUsd: usd(100), openNanoUsd: 0n });
  });
});

it("leaves books that hold, and that agree with Stripe's own", async () => {
  expect(await checkInvariants(site.database.pool)).toEqual([]);
  const now = systemClock.nowMs();
  const day = new Date(now).toISOString().slice(0, 10);
  const moved = await listBalanceTransactions(site.stripe, { fromMs: now - 3_600_000, toMs: now + 60_000 });
  const days = await reconcilePayments(site.database.db, moved, { from: day, to: day });
  // One part of a transfer came back and waits for a person: a dollar.
  expect(days.map(({ stripeNanoUsd, ledgerNanoUsd }) => stripeNanoUsd - ledgerNanoUsd)).toEqual([usd(1)]);
});
