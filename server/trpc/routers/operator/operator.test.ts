// Harm prevented: an operator's act that leaves no trace, that names the wrong person, or that changes more than it says.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listOperatorAudit, verifyChain } from "@/server/audit";
import { partnerText, STANDARD_RULES } from "@/server/billing/partners/terms";
import { creditBalance } from "@/server/ledger";
import { type Person, type TrpcFixture, trpcFixture } from "@/server/trpc/fixtures";
import { appRouter } from "@/server/trpc/root";

let site: TrpcFixture;
let [ada, bob]: Person[] = [];
let customer: Person;

const who = (person: Person | undefined): Person => {
  if (!person) throw new Error("nobody");
  return person;
};
const call = async (path: string, input: unknown, by: Person | undefined = ada) =>
  site.call(`operator.${path}`, input, who(by).headers);
const data = async (path: string, input?: unknown, by?: Person) => {
  const answer = await call(path, input, by);
  if (answer.code !== "ok") throw new Error(`${path}: ${answer.code} ${answer.message}`);
  return answer.data as Record<string, unknown>;
};
const traces = async () => (await listOperatorAudit(site.database.db, { limit: 100 })).rows;

beforeAll(async () => {
  site = await trpcFixture();
  customer = await site.person();
  [ada, bob] = [await site.person(), await site.person()];
  await site.database.pool.query(
    'UPDATE "user" SET is_operator = true, has_two_factor = true WHERE id = ANY($1)',
    [[who(ada).userId, who(bob).userId]],
  );
});
afterAll(() => site.database.close());

const attempt = () => crypto.randomUUID();
const provider = {
  slug: "host",
  name: "Host",
  kind: "openai-compatible",
  baseUrl: "https://api.example.com/v1",
  profile: null,
  trainsOnPrompts: false,
  retentionDays: 0,
  regions: ["eu"],
  isActive: true,
  apiKey: "sk-a-secret-of-ours",
};
const model = {
  slug: "author/new",
  name: "New",
  description: "",
  contextLength: 8_000,
  maxOutputTokens: null,
  inputModalities: ["text"],
};
const prices = (input: string) => [
  { unit: "input", usdPerMillion: input },
  { unit: "output", usdPerMillion: "2.00" },
];
const proposal = (endpointId: string) => ({
  endpointId,
  effectiveFrom: null,
  source: "https://example.com/prices",
  sourceDate: "2026-11-25",
  note: "First list",
  prices: prices("1.00"),
});

/** Names of the mutations that some test below makes; every one there is has to be among them. */
const MADE = new Set<string>();
async function act(path: string, input: unknown, action: string, by: Person | undefined = ada) {
  MADE.add(path);
  const before = (await traces()).length;
  const answer = await data(path, input, by);
  const rows = await traces();
  expect(rows.length).toBeGreaterThan(before);
  expect(rows[0]).toMatchObject({ action, actorKind: "operator", actorId: who(by).userId });
  return answer;
}

describe("the catalogue", () => {
  it("takes a provider, a model and an endpoint; nobody can call it before two people priced it", async () => {
    await act("catalog.setProvider", provider, "catalog.provider_changed");
    await act("catalog.addModel", model, "catalog.model_changed");
    const named = { model: model.slug, provider: provider.slug, upstreamModel: "new", priority: 100 };
    const { id: endpointId } = await act("catalog.setEndpoint", named, "catalog.endpoint_changed");
    expect(await data("catalog.endpoint", { endpointId })).toMatchObject({ inEffect: null, announced: [] });
    const { id: proposalId } = await act(
      "prices.propose",
      proposal(String(endpointId)),
      "catalog.price_proposed",
    );
    expect((await call("prices.publish", { proposalId })).code).toBe("permission_denied");
    expect(await data("prices.impact", { endpointId, prices: prices("1.00") })).toMatchObject({
      requests: 0,
    });
    await act("prices.publish", { proposalId }, "catalog.price_published", bob);
    const priced = await data("catalog.endpoint", { endpointId });
    expect((priced.inEffect as { prices: unknown[] }).prices).toHaveLength(2);
    const second = await act("prices.propose", proposal(String(endpointId)), "catalog.price_proposed", bob);
    await act("prices.withdraw", { proposalId: second.id }, "catalog.price_withdrawn");
    const third = await act("prices.propose", proposal(String(endpointId)), "catalog.price_proposed", bob);
    await act("prices.publishAll", { proposals: [third.id] }, "catalog.price_published");
    await act("health.force", { endpointId, state: "open" }, "health.overridden");
    await act("health.drain", { endpointId, isDrained: true }, "catalog.endpoint_changed");
    expect(await data("health.board", { text: "author/new" })).toMatchObject([
      { forced: "open", status: "disabled", model: "author/new" },
    ]);
    const found = await data("catalog.models", { text: "author/new" });
    const [{ id: modelId }] = found.models as [{ id: string }];
    await act("catalog.setModelStatus", { modelId, status: "hidden" }, "catalog.model_changed");
  });

  it("keeps a credential to itself: neither a list nor the trail has it", async () => {
    const credential = { provider: "host", label: "second", apiKey: "sk-another-secret" };
    await act("catalog.addCredential", credential, "catalog.credential_changed");
    const { apiKey: _, ...named } = credential;
    await act("catalog.disableCredential", named, "catalog.credential_changed");
    const listed = JSON.stringify(await data("catalog.providers"));
    expect(listed).toContain("second");
    for (const text of [listed, JSON.stringify(await traces())]) {
      expect(text).not.toContain("sk-a-secret-of-ours");
      expect(text).not.toContain("sk-another-secret");
      expect(text).not.toContain("ciphertext");
    }
  });

  it("imports a file after it has shown what that does", async () => {
    const file = JSON.stringify({
      version: 1,
      providers: [
        { slug: "other", name: "Other", kind: "openai-compatible", baseUrl: "https://x.example.com/v1" },
      ],
      models: [],
    });
    MADE.add("catalog.previewImport");
    expect(await data("catalog.previewImport", { file })).toMatchObject({
      created: { providers: ["other"] },
    });
    expect(await data("catalog.previewImport", { file })).toMatchObject({
      created: { providers: ["other"] },
    });
    await act("catalog.import", { file }, "catalog.imported");
    expect(await data("catalog.previewImport", { file })).toMatchObject({ created: { providers: [] } });
    expect((await call("catalog.import", { file: "{" })).code).toBe("invalid_request");
  });
});

describe("money", () => {
  it("is given and taken with a reason, once an attempt, never more than is there, in the customer's own trail", async () => {
    const { organizationId } = customer;
    await creditBalance(site.database.db, {
      organizationId,
      kind: "top_up",
      bucket: "paid",
      source: "ord_paid",
      amountNanoUsd: 10_000_000_000n,
    });
    const grant = {
      organizationId,
      amountUsd: "5",
      reason: "An apology",
      attemptKey: attempt(),
      expiresAt: null,
    };
    await act("people.credit", grant, "balance.adjusted");
    expect(await data("people.credit", grant)).toBe(false);
    const taken = { organizationId, amountUsd: "4", reason: "Credited twice", attemptKey: attempt() };
    await act("people.debit", taken, "balance.adjusted");
    expect(await data("people.debit", taken)).toBe(false);
    const more = { ...taken, attemptKey: attempt(), amountUsd: "7" };
    expect((await call("people.debit", more)).code).toBe("conflict");
    for (const wrong of ["0", "-1", "a lot", "2000000"])
      expect((await call("people.credit", { ...grant, attemptKey: attempt(), amountUsd: wrong })).code).toBe(
        "invalid_request",
      );
    expect((await call("people.credit", { ...grant, attemptKey: attempt(), reason: " " })).code).toBe(
      "invalid_request",
    );
    const seen = await data("people.organization", { organizationId });
    expect(seen.balance).toMatchObject({ totalNanoUsd: 11_000_000_000n });
    const own = await site.call("audit.list", {}, customer.headers);
    const rows = (own.data as { rows: { action: string; actorKind: string }[] }).rows;
    expect(rows.filter(({ action }) => action === "balance.adjusted")).toHaveLength(2);
    expect(await verifyChain(site.database.db, organizationId)).toMatchObject({ fault: null });
  });

  it("in review is decided; without Stripe it says so and stays in review", async () => {
    const order = { pack: "business", attemptKey: attempt() };
    const made = await site.call("billing.createOrder", order, customer.headers);
    const { id: orderId } = made.data as { id: string };
    const list = await data("money.orders", { status: "in_review", text: "" });
    expect(list.orders).toMatchObject([{ id: orderId, organizationId: customer.organizationId }]);
    expect((await call("money.approve", { orderId })).code).toBe("service_unavailable");
    expect((await call("money.refund", { orderId, amountUsd: null, reason: "x" })).code).toBe(
      "service_unavailable",
    );
    expect((await call("money.replay", { eventId: "evt_x" })).code).toBe("service_unavailable");
    // With a Stripe these three leave their trails in the tests of billing.
    for (const path of ["money.approve", "money.refund", "money.replay"]) MADE.add(path);
    await act("money.reject", { orderId }, "order.rejected");
  });

  it("is committed by the year: quoted, found, taken back with a reason, refused for terms that do not add up", async () => {
    const { organizationId } = customer;
    const terms = {
      organizationId,
      yearlyUsd: "24000",
      discountPercent: "7.5",
      schedule: "monthly",
      slaTier: "priority",
      validDays: "30",
      note: "",
    };
    for (const wrong of [
      { yearlyUsd: "a lot" },
      { yearlyUsd: "24001" },
      { validDays: "91" },
      { discountPercent: "ten" },
    ])
      expect((await call("commitments.quote", { ...terms, ...wrong })).code).toBe("invalid_request");
    expect((await call("commitments.quote", { ...terms, organizationId: "org_none" })).code).toBe(
      "not_found",
    );
    const { id: commitmentId } = await act("commitments.quote", terms, "commitment.quoted");
    const open = { kind: "quoted", text: organizationId };
    expect((await data("commitments.list", open)).commitments).toMatchObject([
      { id: commitmentId, discountBasisPoints: 750, isLapsed: false, standing: null },
    ]);
    const end = { commitmentId, isImmediate: false, reason: "Another offer follows" };
    expect((await call("commitments.cancel", { ...end, reason: " " })).code).toBe("invalid_request");
    await act("commitments.cancel", end, "commitment.withdrawn");
    expect((await traces())[0]?.after).toMatchObject({ reason: end.reason });
    expect((await data("commitments.list", open)).commitments).toEqual([]);
    expect((await data("commitments.list", { ...open, kind: "over" })).commitments).toHaveLength(1);
    expect((await call("commitments.cancel", end)).code).toBe("conflict");
  });

  it("is promised by codes: made with a limit and a last day, listed by state, ended for good", async () => {
    const promotion = {
      code: "Launch-26",
      amountUsd: "12.50",
      creditDays: "30",
      maxRedemptions: "2",
      lastDay: new Date(site.clock.nowMs() + 5 * 86_400_000).toISOString().slice(0, 10),
      maxOrganizationAgeDays: "",
      note: "",
    };
    const made = await act("promotions.create", promotion, "promotion.created");
    expect(made).toMatchObject({ code: "LAUNCH-26", maxRedemptions: 2, maxOrganizationAgeDays: null });
    expect((await call("promotions.create", promotion)).code).toBe("conflict");
    for (const wrong of [
      { lastDay: "2020-01-01" },
      { lastDay: "" },
      { maxRedemptions: "0" },
      { amountUsd: "-1" },
    ])
      expect((await call("promotions.create", { ...promotion, code: "", ...wrong })).code).toBe(
        "invalid_request",
      );
    const states = async () =>
      ((await data("promotions.list", {})).promotions as { code: string; state: string }[]).map(
        ({ code, state }) => [code, state],
      );
    expect(await states()).toEqual([["LAUNCH-26", "running"]]);
    await act("promotions.end", { code: "launch-26" }, "promotion.ended");
    expect(await states()).toEqual([["LAUNCH-26", "ended"]]);
    expect((await call("promotions.end", { code: "launch-26" })).code).toBe("not_found");
    const redeemed = await site.call("promotions.redeem", { code: "launch-26" }, customer.headers);
    expect(redeemed.code).toBe("not_found");
  });

  it("is earned by partners under rules that change for what comes, within bounds", async () => {
    const { organizationId } = customer;
    const rules = {
      ...{ organizationId, commissionPercent: "12.5", commissionMonths: "6", holdDays: "0" },
      isActive: false,
    };
    expect((await call("partners.change", rules)).code).toBe("not_found");
    const consent = partnerText(STANDARD_RULES);
    expect((await site.call("partner.join", { consent }, customer.headers)).code).toBe("ok");
    for (const wrong of [{ commissionPercent: "51" }, { commissionMonths: "121" }, { holdDays: "366" }])
      expect((await call("partners.change", { ...rules, ...wrong })).code).toBe("invalid_request");
    await act("partners.change", rules, "partner.changed");
    expect((await data("partners.list", { text: organizationId })).partners).toMatchObject([
      {
        ...{
          organizationId,
          commissionBasisPoints: 1_250,
          commissionMonths: 6,
          holdDays: 0,
          isActive: false,
        },
        ...{ referrals: 0, hasStripeAccount: false, standing: { availableNanoUsd: 0n } },
      },
    ]);
  });

  it("of partners is decided where partners are; what is not there is not", async () => {
    expect(await data("payouts.list", { isAll: true })).toEqual([]);
    const payoutId = "pay_00000000000000000000000000";
    for (const [path, more] of [
      ["payouts.approve", {}],
      ["payouts.markPaid", { reference: "Wire 1" }],
      ["payouts.fail", { reason: "Account closed" }],
      ["payouts.send", {}],
    ] as const)
      expect((await call(path, { payoutId, ...more })).code).toBe("not_found");
    // Their trails are tested with the payouts themselves.
    for (const path of ["approve", "send", "markPaid", "fail"]) MADE.add(`payouts.${path}`);
  });

  it("of providers is compared with our own count", async () => {
    const invoice = {
      day: "2026-11-24",
      provider: "host",
      model: "author/new",
      amountUsd: "1.00",
      reference: "R-1",
    };
    await act("checks.enterInvoice", invoice, "provider_invoice.entered");
    const { invariants, invoices } = await data("checks.reconciliation");
    expect((invariants as unknown[]).length).toBe(17);
    expect(Array.isArray(invoices)).toBe(true);
  });
});

describe("people", () => {
  it("are suspended and resumed as an organization: its keys stop, its members may still look", async () => {
    const { organizationId } = customer;
    await act("people.suspend", { organizationId, reason: "Fraud" }, "organization.suspended");
    expect(await data("people.organizations", { text: organizationId, status: "suspended" })).toHaveLength(1);
    expect((await site.call("keys.list", undefined, customer.headers)).code).toBe("ok");
    await act("people.resume", { organizationId, reason: "Cleared" }, "organization.resumed");
  });

  it("are signed out everywhere", async () => {
    await act("people.signOut", { userId: customer.userId, reason: "Lost laptop" }, "user.signed_out");
    expect((await site.call("keys.list", undefined, customer.headers)).code).toBe("unauthenticated");
    expect(await data("people.users", { text: customer.userId })).toMatchObject([{ sessions: 0 }]);
  });

  it("are answered, by mail", async () => {
    const { data: made } = await site.call(
      "support.write",
      {
        name: "Eve",
        email: "eve@example.com",
        topic: "other",
        subject: "Hello",
        body: "Can you help me with this?",
      },
      new Headers({ origin: site.services.appUrl }),
    );
    const { id: ticketId } = made as { id: string };
    await act("support.answer", { ticketId, body: "Yes, we can." }, "support.ticket_answered");
    await site.settle();
    expect(site.sent.at(-1)).toMatchObject({ to: "eve@example.com" });
    await act("support.close", { ticketId }, "support.ticket_closed");
    expect(await data("support.ticket", { ticketId })).toMatchObject({ status: "closed" });
  });
});

it("has no act without a test of its trail", () => {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const acts = Object.keys(procedures)
    .filter((path) => path.startsWith("operator.") && procedures[path]?._def.type === "mutation")
    .map((path) => path.slice("operator.".length));
  expect(acts.length).toBeGreaterThan(20);
  expect(acts.filter((path) => !MADE.has(path))).toEqual([]);
});

it("sees what waits, what the jobs did, and what operators did", async () => {
  expect(await data("checks.waiting")).toMatchObject({ ordersInReview: 0, brokenInvariants: 0 });
  expect(await data("checks.jobs")).toContainEqual(expect.objectContaining({ name: "sweep", last: null }));
  expect(await data("checks.runs", { job: "sweep" })).toEqual([]);
  expect((await call("checks.runs", { job: "toString" })).code).toBe("not_found");
  const trail = await data("checks.audit", {});
  expect((trail.rows as unknown[]).length).toBeGreaterThan(10);
});
