// Harm prevented: a card charged twice, without consent, beyond its cap, or again after it was declined.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OwnerFixture } from "@/server/keys/fixtures";
import { rotateLease } from "@/server/ledger";
import type { Mail } from "@/server/mail";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { createLog } from "@/server/platform/log";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { APP_URL, type StripeFixture, stripeFixture } from "../stripe/fixtures";
import {
  chargeRecharges,
  consentText,
  disableAutoRecharge,
  enableAutoRecharge,
  listRecharges,
  readAutoRecharge,
  requestRecharges,
  resumeAutoRecharge,
  tellLowBalances,
  tellPauses,
} from ".";

const usd = (dollars: number) => BigInt(dollars) * NANO_USD_PER_USD;
const TERMS = { thresholdNanoUsd: usd(60), amountNanoUsd: usd(100), monthlyCapNanoUsd: usd(300) };
let site: StripeFixture;
const sent: Mail[] = [];

beforeAll(async () => {
  site = await stripeFixture();
});
afterAll(() => site.close());

const authorOf = ({ organizationId, userId, role }: OwnerFixture) => ({
  organizationId,
  userId,
  role,
  audit: { kind: "user" as const, id: userId, label: "Ada", ip: null },
});
const enable = (owner: OwnerFixture, terms = TERMS) =>
  enableAutoRecharge(site.database.db, systemClock, authorOf(owner), {
    ...terms,
    consent: consentText(terms),
  });
const run = () => chargeRecharges({ db: site.database.db, clock: systemClock, stripe: site.stripe });
const deliverAll = async () => {
  for (const body of site.fresh()) await site.deliver(body);
};
const notices = () => ({
  db: site.database.db,
  clock: systemClock,
  log: createLog("silent"),
  mailer: { canSend: true, send: async (mail: Mail) => void sent.push(mail) },
  appUrl: APP_URL,
});

/** An owner with $50 and a saved card. */
async function withCard(): Promise<OwnerFixture> {
  site.local.setCard("succeeds");
  const owner = await site.owner();
  const { session } = await site.order(owner, { savesCard: true });
  site.local.paySession(session);
  await deliverAll();
  return owner;
}
const lend = (owner: OwnerFixture) => rotateLease(site.database.pool, owner.organizationId, 1_000n);
const pending = async (owner: OwnerFixture) =>
  (await listRecharges(site.database.db, owner.organizationId)).filter(({ status }) => status === "pending");

describe("consent", () => {
  it("is for these amounts, word for word, and nothing happens without it", async () => {
    const owner = await withCard();
    await lend(owner);
    await requestRecharges(site.database.db);
    expect(await pending(owner)).toEqual([]);
    const other = consentText({ ...TERMS, amountNanoUsd: usd(10) });
    for (const consent of ["", "yes", other])
      await expect(
        enableAutoRecharge(site.database.db, systemClock, authorOf(owner), { ...TERMS, consent }),
      ).rejects.toMatchObject({ code: "invalid_request", param: "consent" });
    expect(await readAutoRecharge(site.database.db, owner.organizationId)).toBeNull();
    await enable(owner);
    const { rows } = await site.database.pool.query(
      "SELECT * FROM auto_recharge WHERE organization_id = $1",
      [owner.organizationId],
    );
    expect(rows).toMatchObject([{ consent_text: consentText(TERMS), consent_by_user_id: owner.userId }]);
    await disableAutoRecharge(site.database.db, systemClock, authorOf(owner));
    await lend(owner);
    await requestRecharges(site.database.db);
    expect(await pending(owner)).toEqual([]);
  });

  it("is refused for amounts out of bounds", async () => {
    const owner = await withCard();
    for (const edit of [
      { amountNanoUsd: usd(9) },
      { amountNanoUsd: usd(5_001) },
      { amountNanoUsd: usd(10) + 1n },
      { thresholdNanoUsd: 0n },
      { monthlyCapNanoUsd: usd(99) },
      { monthlyCapNanoUsd: usd(100_001) },
    ])
      await expect(enable(owner, { ...TERMS, ...edit })).rejects.toMatchObject({ code: "invalid_request" });
  });
});

it("begins in the transaction that lends the money, and charges once for 50 crossings at the same moment", async () => {
  const owner = await withCard();
  await enable(owner);
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? lend(owner) : requestRecharges(site.database.db),
    ),
  );
  expect(await pending(owner)).toHaveLength(1);
  await Promise.all(Array.from({ length: 10 }, run));
  await deliverAll();
  await Promise.all([run(), lend(owner), deliverAll()]);
  expect(await site.total(owner.organizationId)).toBe(usd(150));
  const charges = site.local.store
    .all("charge")
    .filter(
      ({ metadata }) => (metadata as { organization_id?: string }).organization_id === owner.organizationId,
    );
  expect(charges.map(({ amount }) => amount)).toEqual([5_000, 10_000]);
  expect(await listRecharges(site.database.db, owner.organizationId)).toMatchObject([
    { status: "succeeded" },
  ]);
});

it("whose answer was lost charges once", async () => {
  const owner = await withCard();
  await enable(owner);
  await lend(owner);
  site.local.setFault("cut");
  await run();
  site.local.setFault("none");
  expect(await pending(owner)).toHaveLength(1);
  await run();
  await deliverAll();
  expect(await site.total(owner.organizationId)).toBe(usd(150));
}, 30_000);

describe("a card that is refused", () => {
  it.each([
    ["declines", "card_declined", "failed"],
    ["needs_authentication", "authentication_required", "action_required"],
  ] as const)(
    "%s: pauses, says why once by mail, and never goes on by itself",
    async (behaviour, reason, status) => {
      const owner = await withCard();
      await enable(owner);
      await lend(owner);
      site.local.setCard(behaviour);
      await run();
      await deliverAll();
      expect(await readAutoRecharge(site.database.db, owner.organizationId)).toMatchObject({
        pausedReason: reason,
      });
      expect(await listRecharges(site.database.db, owner.organizationId)).toMatchObject([{ status, reason }]);
      sent.length = 0;
      await Promise.all([tellPauses(notices()), tellPauses(notices())]);
      await tellPauses(notices());
      expect(sent.filter(({ to }) => to.startsWith(owner.userId))).toHaveLength(1);
      expect(sent[0]?.text).toContain(`${APP_URL}/dashboard/billing?amount=100.00`);
      site.local.setCard("succeeds");
      await lend(owner);
      await requestRecharges(site.database.db);
      await run();
      expect(await site.total(owner.organizationId)).toBe(usd(50));
      await resumeAutoRecharge(site.database.db, systemClock, authorOf(owner));
      await lend(owner);
      await run();
      expect(await site.total(owner.organizationId)).toBe(usd(150));
    },
  );

  it("no saved card: pauses without a call", async () => {
    const owner = await site.owner();
    const { session } = await site.order(owner);
    site.local.paySession(session);
    await deliverAll();
    await enable(owner);
    await lend(owner);
    await run();
    expect(await readAutoRecharge(site.database.db, owner.organizationId)).toMatchObject({
      pausedReason: "no_card",
    });
  });
});

it("stops at the monthly cap and at five in a day", async () => {
  const capped = await withCard();
  await enable(capped, { ...TERMS, thresholdNanoUsd: usd(5_000), monthlyCapNanoUsd: usd(250) });
  const daily = await withCard();
  await enable(daily, {
    thresholdNanoUsd: usd(5_000),
    amountNanoUsd: usd(10),
    monthlyCapNanoUsd: usd(1_000),
  });
  for (let round = 0; round < 8; round += 1) {
    await requestRecharges(site.database.db);
    await run();
  }
  expect(await site.total(capped.organizationId)).toBe(usd(250));
  expect(await readAutoRecharge(site.database.db, capped.organizationId)).toMatchObject({
    pausedReason: "monthly_cap",
  });
  expect(await site.total(daily.organizationId)).toBe(usd(100));
  expect(await readAutoRecharge(site.database.db, daily.organizationId)).toMatchObject({
    pausedReason: null,
  });
}, 60_000);

it("tells of a low balance once per crossing", async () => {
  const owner = await withCard();
  const lows = async () =>
    (
      await site.database.pool.query(
        "SELECT data FROM event WHERE organization_id = $1 AND type = 'balance.low'",
        [owner.organizationId],
      )
    ).rows;
  const take = (dollars: number) =>
    site.database.pool.query(
      "SELECT * FROM debit_balance($1, 'adjustment', $2, $3, 'platform', false, 'spent')",
      [owner.organizationId, newId("transfer"), usd(dollars)],
    );
  await tellLowBalances(notices());
  expect(await lows()).toEqual([]);
  await take(46);
  sent.length = 0;
  await Promise.all([1, 2, 3].map(() => tellLowBalances(notices())));
  await take(1);
  await tellLowBalances(notices());
  expect(await lows()).toMatchObject([
    { data: { balance_usd: "4.00", threshold_usd: "5.00", runway_days: null } },
  ]);
  expect(sent.filter(({ to }) => to.startsWith(owner.userId))).toHaveLength(1);
  const { session } = await site.order(owner);
  site.local.paySession(session);
  await deliverAll();
  await tellLowBalances(notices());
  await take(50);
  await tellLowBalances(notices());
  expect(await lows()).toHaveLength(2);
});
