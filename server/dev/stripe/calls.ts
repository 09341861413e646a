import type { Checkout } from "./checkout";
import { StripeRefusal } from "./checks";
import type { Connect } from "./connect";
import type { FormObject } from "./form";
import type { PARAMS } from "./params";
import type { Emit, Payments } from "./payments";
import { listOf, type Store, type StripeObject } from "./store";
import type { Subscriptions } from "./subscriptions";

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: RegExp;
  readonly check: keyof typeof PARAMS;
  run(params: FormObject, id: string): unknown;
}

/** The calls of Stripe's API that the product makes. */
export function createCalls(parts: {
  readonly store: Store;
  readonly payments: Payments;
  readonly checkout: Checkout;
  readonly subscriptions: Subscriptions;
  readonly connect: Connect;
  readonly emit: Emit;
  readonly url: () => string;
}): readonly Call[] {
  const { store, payments, checkout, emit } = parts;
  const get = (path: string, object: string): Call => ({
    method: "GET",
    path: new RegExp(`^/v1/${path}/([^/]+)$`),
    check: "nothing",
    run: (_params, id) => store.get(id, object),
  });
  const post = (path: string, check: Call["check"], run: Call["run"]): Call => ({
    method: "POST",
    path: new RegExp(`^/v1/${path}$`),
    check,
    run,
  });
  return [
    post("customers", "customer", (params) =>
      store.make("cus", "customer", { invoice_settings: {}, ...params }),
    ),
    get("customers", "customer"),
    {
      method: "GET",
      path: /^\/v1\/customers\/([^/]+)\/payment_methods$/,
      check: "paymentMethodList",
      run: (_params, id) =>
        listOf(
          store
            .all("payment_method")
            .filter((method) => method.customer === id)
            .reverse(),
        ),
    },
    post("checkout/sessions", "session", (params) => {
      if (params.customer) store.get(params.customer, "customer");
      return checkout.create(params);
    }),
    get("checkout/sessions", "checkout.session"),
    post("checkout/sessions/([^/]+)/expire", "nothing", (_params, id) => {
      const session = store.get(id, "checkout.session");
      if (session.status !== "open")
        throw new StripeRefusal(400, {
          type: "invalid_request_error",
          message: `Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.status}.`,
        });
      checkout.expire(session);
      return session;
    }),
    post("payment_intents", "paymentIntent", (params) => {
      const intent = payments.createIntent({ ...params, amount: Number(params.amount) });
      if (params.confirm === "true") payments.confirmOffSession(intent);
      return intent;
    }),
    get("payment_intents", "payment_intent"),
    post("payment_intents/([^/]+)/cancel", "nothing", (_params, id) => {
      const intent = store.get(id, "payment_intent");
      if (intent.status === "succeeded")
        throw new StripeRefusal(400, {
          type: "invalid_request_error",
          code: "payment_intent_unexpected_state",
          message: "A succeeded PaymentIntent cannot be canceled.",
        });
      intent.status = "canceled";
      return intent;
    }),
    ...refundCalls(store, payments, post, get),
    get("disputes", "dispute"),
    post("billing_portal/sessions", "portal", (params) => {
      const customer = store.get(params.customer, "customer");
      return store.make("bps", "billing_portal.session", {
        customer: customer.id,
        return_url: params.return_url ?? null,
        url: `${parts.url()}/p/session/${customer.id}`,
      });
    }),
    ...invoiceCalls(store, emit, parts.url, post),
    get("invoices", "invoice"),
    ...subscriptionCalls(store, parts.subscriptions, post),
    get("subscriptions", "subscription"),
    ...connectCalls(store, parts.connect, post, parts.url),
    get("accounts", "account"),
    get("transfers", "transfer"),
  ];
}

type Post = (path: string, check: Call["check"], run: Call["run"]) => Call;

function refundCalls(
  store: Store,
  payments: Payments,
  post: Post,
  get: (path: string, object: string) => Call,
): Call[] {
  return [
    post("refunds", "refund", (params) =>
      payments.refund({
        intent: store.get(params.payment_intent, "payment_intent"),
        amount: Number(params.amount),
        metadata: params.metadata,
      }),
    ),
    {
      method: "GET",
      path: /^\/v1\/refunds$/,
      check: "refundList",
      run: (params) =>
        listOf(store.all("refund").filter((refund) => refund.payment_intent === params.payment_intent)),
    },
    get("refunds", "refund"),
    {
      method: "GET",
      path: /^\/v1\/balance_transactions$/,
      check: "transactionList",
      run: ({ created }) => listOf(transactionsWithin(store, created as { gte?: string; lt?: string })),
    },
  ];
}

function subscriptionCalls(store: Store, subscriptions: Subscriptions, post: Post): Call[] {
  const own = (id: string): StripeObject => store.get(id, "subscription");
  return [
    post("products", "product", (params) => store.make("prod", "product", params)),
    post("subscriptions", "subscription", (params) => subscriptions.create(params)),
    post("subscriptions/([^/]+)", "subscriptionUpdate", (params, id) =>
      subscriptions.update(own(id), params),
    ),
    {
      method: "DELETE",
      path: /^\/v1\/subscriptions\/([^/]+)$/,
      check: "nothing",
      run: (_params, id) => subscriptions.cancel(own(id)),
    },
    {
      method: "GET",
      path: /^\/v1\/subscriptions$/,
      check: "subscriptionList",
      run: ({ customer }) =>
        listOf(
          store
            .all("subscription")
            .filter((made) => made.customer === customer && made.status !== "canceled"),
        ),
    },
    {
      method: "GET",
      path: /^\/v1\/invoice_payments$/,
      check: "invoicePaymentList",
      run: ({ payment }) => {
        const wanted = (payment as { payment_intent?: string } | undefined)?.payment_intent;
        return listOf(
          store
            .all("invoice_payment")
            .filter((made) => (made.payment as { payment_intent?: string }).payment_intent === wanted),
        );
      },
    },
  ];
}

function connectCalls(store: Store, connect: Connect, post: Post, url: () => string): Call[] {
  return [
    post("accounts", "account", (params) => connect.createAccount(params)),
    post("account_links", "accountLink", (params) => {
      const { id } = store.get(params.account, "account");
      const back = encodeURIComponent(String(params.return_url));
      return { object: "account_link", url: `${url()}/a/${id}?back=${back}` };
    }),
    post("transfers", "transfer", (params) => connect.transfer(params)),
    {
      method: "GET",
      path: /^\/v1\/transfers$/,
      check: "transferList",
      run: (params) =>
        listOf(store.all("transfer").filter((made) => made.transfer_group === params.transfer_group)),
    },
  ];
}

/** All on one page: what a test makes is less. */
function transactionsWithin(store: Store, span: { gte?: string; lt?: string } = {}): StripeObject[] {
  const { gte = "0", lt = "4102444800" } = span;
  return store
    .all("balance_transaction")
    .filter(({ created }) => Number(created) >= Number(gte) && Number(created) < Number(lt));
}

function invoiceCalls(store: Store, emit: Emit, url: () => string, post: Post): Call[] {
  const own = (id: string): StripeObject => store.get(id, "invoice");
  return [
    post("invoices", "invoice", (params) => {
      const payments = listOf([]);
      const base = { status: "draft", currency: "usd", total: 0, amount_paid: 0, hosted_invoice_url: null };
      return store.make("in", "invoice", { ...base, payments, metadata: {}, ...params });
    }),
    post("invoiceitems", "invoiceItem", (params) => {
      const invoice = own(String(params.invoice));
      invoice.total = Number(invoice.total) + Number(params.amount);
      return store.make("ii", "invoiceitem", { ...params, amount: Number(params.amount) });
    }),
    post("invoices/([^/]+)/finalize", "nothing", (_params, id) => {
      const invoice = own(id);
      Object.assign(invoice, { status: "open", hosted_invoice_url: `${url()}/i/${id}` });
      return invoice;
    }),
    post("invoices/([^/]+)/send", "nothing", (_params, id) => {
      emit("invoice.sent", own(id));
      return own(id);
    }),
  ];
}
