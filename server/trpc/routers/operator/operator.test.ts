// Harm prevented: an operator's act that leaves no trace, that names the wrong person, or that changes more than it says.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyChain } from "@/server/audit";
import { creditBalance } from "@/server/ledger";
import type { Person } from "@/server/trpc/fixtures";
import { appRouter } from "@/server/trpc/root";
import { type OperatorFixture, operatorFixture } from "./fixtures";

let own: OperatorFixture;
let site: OperatorFixture["site"];
let bob: Person;
let customer: Person;
const call: OperatorFixture["call"] = (...asked) => own.call(...asked);
const data: OperatorFixture["data"] = (...asked) => own.data(...asked);
const act: OperatorFixture["act"] = (...asked) => own.act(...asked);
const traces = () => own.traces();

beforeAll(async () => {
  own = await operatorFixture();
  ({ site, bob, customer } = own);
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
    own.made.add("catalog.previewImport");
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
    for (const path of ["money.approve", "money.refund", "money.replay"]) own.made.add(path);
    await act("money.reject", { orderId }, "order.rejected");
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
    for (const path of ["approve", "send", "markPaid", "fail"]) own.made.add(`payouts.${path}`);
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

/** Their trails are looked at in `contracts.test.ts`, by the same means. */
const IN_CONTRACTS = [
  "commitments.quote",
  "commitments.cancel",
  "promotions.create",
  "promotions.end",
  "partners.change",
  "people.suspendUser",
  "people.unsuspendUser",
];

it("has no act without a test of its trail", () => {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const acts = Object.keys(procedures)
    .filter((path) => path.startsWith("operator.") && procedures[path]?._def.type === "mutation")
    .map((path) => path.slice("operator.".length));
  expect(acts.length).toBeGreaterThan(20);
  expect(acts.filter((path) => !own.made.has(path)).sort()).toEqual([...IN_CONTRACTS].sort());
});

it("sees what waits, what the jobs did, and what operators did", async () => {
  expect(await data("checks.waiting")).toMatchObject({ ordersInReview: 0, brokenInvariants: 0 });
  expect(await data("checks.jobs")).toContainEqual(expect.objectContaining({ name: "sweep", last: null }));
  expect(await data("checks.runs", { job: "sweep" })).toEqual([]);
  expect((await call("checks.runs", { job: "toString" })).code).toBe("not_found");
  const trail = await data("checks.audit", {});
  expect((trail.rows as unknown[]).length).toBeGreaterThan(10);
});
