import { StripeRefusal } from "./checks";
import type { FormObject } from "./form";
import type { Emit, Payments } from "./payments";
import { listOf, type Store, type StripeObject } from "./store";

export interface Subscriptions {
  create(params: FormObject): StripeObject;
  update(subscription: StripeObject, params: FormObject): StripeObject;
  cancel(subscription: StripeObject): StripeObject;
  /** The next period begins and its invoice is written; `pays`: it is paid at once, as a saved card would. */
  renew(subscription: StripeObject, outcome: "pays" | "fails"): StripeObject;
  /** An invoice of a subscription has become paid: the subscription is in order again. */
  settled(invoice: StripeObject): void;
  /** Nobody paid the first invoice within a day. */
  lapse(subscription: StripeObject): void;
}

/** Subscriptions with one item, billed by the month. Time does not pass by itself: a test renews them. */
export function createSubscriptions(
  store: Store,
  payments: Payments,
  emit: Emit,
  url: () => string,
): Subscriptions {
  const moveTo = (subscription: StripeObject, status: string) => {
    if (subscription.status === status) return;
    subscription.status = status;
    emit("customer.subscription.updated", subscription);
  };
  const end = (subscription: StripeObject, status: string) => {
    Object.assign(subscription, {
      status,
      canceled_at: subscription.created,
      ended_at: subscription.created,
    });
    emit(
      status === "canceled" ? "customer.subscription.deleted" : "customer.subscription.updated",
      subscription,
    );
    return subscription;
  };
  const own: Subscriptions = {
    create(params) {
      store.get(params.customer, "customer");
      const [item] = params.items as unknown as [{ price_data: PriceData }];
      store.get(item.price_data.product, "product");
      const isSent = params.collection_method === "send_invoice";
      const subscription = store.make("sub", "subscription", {
        customer: params.customer,
        collection_method: params.collection_method,
        metadata: params.metadata ?? {},
        status: isSent ? "active" : "incomplete",
        cancel_at: null,
        canceled_at: null,
        ended_at: null,
        items: listOf([itemOf(store, item.price_data)]),
        latest_invoice: null,
      });
      invoiceOf(store, subscription, url);
      emit("customer.subscription.created", subscription);
      return subscription;
    },
    update(subscription, params) {
      if (subscription.status === "canceled") throw ended();
      if (params.cancel_at) subscription.cancel_at = Number(params.cancel_at);
      emit("customer.subscription.updated", subscription);
      return subscription;
    },
    cancel(subscription) {
      if (subscription.status === "canceled") throw ended();
      return end(subscription, "canceled");
    },
    renew(subscription, outcome) {
      const item = itemIn(subscription);
      if (subscription.cancel_at !== null && Number(subscription.cancel_at) <= item.current_period_end) {
        end(subscription, "canceled");
        return store.get(subscription.latest_invoice, "invoice");
      }
      item.current_period_start = item.current_period_end;
      item.current_period_end = monthsAfter(item.current_period_start, intervalOf(item));
      const invoice = invoiceOf(store, subscription, url);
      if (outcome === "pays") {
        payInvoice(store, payments, emit, invoice);
        own.settled(invoice);
      } else {
        emit("invoice.payment_failed", invoice);
        moveTo(subscription, "past_due");
      }
      return invoice;
    },
    settled(invoice) {
      const id = subscriptionIn(invoice);
      if (id) moveTo(store.get(id, "subscription"), "active");
    },
    lapse: (subscription) => void end(subscription, "incomplete_expired"),
  };
  return own;
}

interface PriceData {
  readonly product: string;
  readonly unit_amount: string;
  readonly recurring: { readonly interval_count: string };
}

type Item = StripeObject & {
  price: { unit_amount: number; recurring: { interval_count: number } };
  current_period_start: number;
  current_period_end: number;
};

const itemIn = (subscription: StripeObject): Item =>
  (subscription.items as { data: [Item] }).data[0] satisfies StripeObject;
const intervalOf = (item: Item): number => item.price.recurring.interval_count;

function itemOf(store: Store, data: PriceData): StripeObject {
  const months = Number(data.recurring.interval_count);
  const item = store.make("si", "subscription_item", {
    price: {
      product: data.product,
      currency: "usd",
      unit_amount: Number(data.unit_amount),
      recurring: { interval: "month", interval_count: months },
    },
  });
  item.current_period_start = Number(item.created);
  item.current_period_end = monthsAfter(Number(item.created), months);
  return item;
}

/** The open invoice of the running period. */
function invoiceOf(store: Store, subscription: StripeObject, url: () => string): StripeObject {
  const item = itemIn(subscription);
  const period = { start: item.current_period_start, end: item.current_period_end };
  const amount = item.price.unit_amount;
  const invoice = store.make("in", "invoice", {
    customer: subscription.customer,
    status: "open",
    currency: "usd",
    total: amount,
    amount_paid: 0,
    metadata: {},
    parent: {
      type: "subscription_details",
      subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
    },
    lines: { object: "list", data: [{ object: "line_item", amount, period }], has_more: false },
    payments: listOf([]),
  });
  invoice.hosted_invoice_url = `${url()}/i/${invoice.id}`;
  subscription.latest_invoice = invoice.id;
  return invoice;
}

/** Somebody pays an open invoice: on its page, or a saved card. */
export function payInvoice(store: Store, payments: Payments, emit: Emit, invoice: StripeObject): void {
  if (invoice.status !== "open") return;
  const paying = payments.createIntent({ amount: invoice.total, customer: invoice.customer });
  payments.succeed(paying);
  const payment = { type: "payment_intent", payment_intent: paying.id };
  invoice.payments = {
    object: "list",
    data: [{ object: "invoice_payment", invoice: invoice.id, payment }],
    has_more: false,
  };
  store.make("inpay", "invoice_payment", { invoice: invoice.id, payment, status: "paid" });
  Object.assign(invoice, { status: "paid", amount_paid: invoice.total });
  emit("invoice.paid", invoice);
}

function subscriptionIn(invoice: StripeObject): string | null {
  const parent = invoice.parent as { subscription_details?: { subscription: string } } | undefined;
  return parent?.subscription_details?.subscription ?? null;
}

function monthsAfter(seconds: number, months: number): number {
  const from = new Date(seconds * 1_000);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const moved = new Date(from);
  moved.setUTCDate(1);
  moved.setUTCMonth(from.getUTCMonth() + months);
  moved.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(moved.getTime() / 1_000);
}

function ended(): StripeRefusal {
  return new StripeRefusal(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: "This subscription has been canceled.",
  });
}
