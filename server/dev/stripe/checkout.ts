import type { Emit, Payments } from "./payments";
import type { Store, StripeObject } from "./store";

export interface Checkout {
  create(params: Readonly<Record<string, unknown>>): StripeObject;
  /** The buyer pays; `later` by a method that confirms afterwards, and `settleLater` is that confirmation. */
  pay(session: StripeObject, how?: "now" | "later"): void;
  settleLater(session: StripeObject, isPaid: boolean): void;
  decline(session: StripeObject, fingerprint?: string): void;
  expire(session: StripeObject): void;
}

export function createCheckout(store: Store, payments: Payments, emit: Emit, url: () => string): Checkout {
  const created = new Map<string, Readonly<Record<string, unknown>>>();
  const intentOf = (session: StripeObject): StripeObject => {
    if (typeof session.payment_intent === "string")
      return store.get(session.payment_intent, "payment_intent");
    const params = created.get(session.id) ?? {};
    const data = (params.payment_intent_data ?? {}) as Readonly<Record<string, unknown>>;
    const intent = payments.createIntent({
      amount: session.amount_total,
      customer: session.customer,
      metadata: data.metadata ?? {},
      setup_future_usage: data.setup_future_usage ?? null,
    });
    session.payment_intent = intent.id;
    return intent;
  };
  const settle = (session: StripeObject) => {
    const intent = intentOf(session);
    payments.succeed(intent);
    session.payment_status = "paid";
    const invoicing = created.get(session.id)?.invoice_creation as
      | { enabled?: string; invoice_data?: { metadata?: unknown } }
      | undefined;
    if (invoicing?.enabled !== "true") return;
    const invoice = receipt(store, session, intent, invoicing.invoice_data?.metadata);
    session.invoice = invoice.id;
    emit("invoice.paid", invoice);
  };
  return {
    create(params) {
      const [item] = params.line_items as [{ price_data: { currency: string; unit_amount: string } }];
      const session = store.make(`cs_${store.livemode ? "live" : "test"}`, "checkout.session", {
        mode: "payment",
        status: "open",
        payment_status: "unpaid",
        amount_total: Number(item.price_data.unit_amount),
        currency: item.price_data.currency,
        customer: params.customer ?? null,
        client_reference_id: params.client_reference_id ?? null,
        metadata: params.metadata ?? {},
        success_url: params.success_url,
        cancel_url: params.cancel_url ?? null,
        payment_intent: null,
        invoice: null,
      });
      session.url = `${url()}/c/pay/${session.id}`;
      created.set(session.id, params);
      return session;
    },
    pay(session, how = "now") {
      if (session.status !== "open") return;
      takeCard(store, intentOf(session));
      session.status = "complete";
      if (how === "now") settle(session);
      else intentOf(session).status = "processing";
      emit("checkout.session.completed", session);
    },
    settleLater(session, isPaid) {
      if (isPaid) settle(session);
      else payments.decline(intentOf(session));
      emit(`checkout.session.async_payment_${isPaid ? "succeeded" : "failed"}`, session);
    },
    decline: (session, fingerprint) => payments.decline(intentOf(session), fingerprint),
    expire(session) {
      if (session.status !== "open") return;
      Object.assign(session, { status: "expired", url: null });
      emit("checkout.session.expired", session);
    },
  };
}

/** A card that the buyer chose to keep belongs to the customer from now on. */
function takeCard(store: Store, intent: StripeObject): void {
  const card = { brand: "visa", last4: "4242", exp_month: 12, exp_year: 2034 };
  const keeps = intent.setup_future_usage === "off_session";
  intent.payment_method = store.make("pm", "payment_method", {
    type: "card",
    card,
    customer: keeps ? intent.customer : null,
  }).id;
}

/** The invoice that is written after a checkout was paid. */
function receipt(store: Store, session: StripeObject, intent: StripeObject, metadata: unknown): StripeObject {
  const payment = { type: "payment_intent", payment_intent: intent.id };
  const invoice = store.make("in", "invoice", {
    customer: session.customer,
    status: "paid",
    currency: "usd",
    total: session.amount_total,
    amount_paid: session.amount_total,
    metadata: metadata ?? {},
    payments: { object: "list", data: [{ object: "invoice_payment", payment }], has_more: false },
  });
  invoice.hosted_invoice_url = `https://invoice.stripe.com/i/${invoice.id}`;
  return invoice;
}
