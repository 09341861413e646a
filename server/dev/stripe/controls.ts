import type { Checkout } from "./checkout";
import type { Connect } from "./connect";
import type { CardBehaviour, Emit, Payments } from "./payments";
import { moveMoney, type Store, type StripeObject } from "./store";
import { payInvoice, type Subscriptions } from "./subscriptions";

/** What buyers, banks and the Stripe dashboard do: the hands of a test. */
export function createControls(parts: {
  readonly store: Store;
  readonly payments: Payments;
  readonly checkout: Checkout;
  readonly subscriptions: Subscriptions;
  readonly connect: Connect;
  readonly emit: Emit;
  readonly behaviour: { card: CardBehaviour };
}) {
  const { store, payments, checkout, subscriptions, emit } = parts;
  const session = (id: string) => store.get(id, "checkout.session");
  const intent = (id: string) => store.get(id, "payment_intent");
  return {
    /** How saved cards answer from now on. */
    setCard(next: CardBehaviour): void {
      parts.behaviour.card = next;
    },
    paySession: (id: string, how?: "now" | "later") => checkout.pay(session(id), how),
    settleSession: (id: string, isPaid: boolean) => checkout.settleLater(session(id), isPaid),
    declineSession: (id: string, fingerprint?: string) => checkout.decline(session(id), fingerprint),
    expireSession: (id: string) => checkout.expire(session(id)),
    payInvoice(id: string): void {
      const invoice = store.get(id, "invoice");
      payInvoice(store, payments, emit, invoice);
      subscriptions.settled(invoice);
    },
    renewSubscription: (id: string, outcome: "pays" | "fails") =>
      subscriptions.renew(store.get(id, "subscription"), outcome),
    cancelSubscription: (id: string) => subscriptions.cancel(store.get(id, "subscription")),
    lapseSubscription: (id: string) => subscriptions.lapse(store.get(id, "subscription")),
    completeAccount: (id: string) => parts.connect.completeAccount(store.get(id, "account")),
    reverseTransfer: (id: string, amount?: number) =>
      parts.connect.reverse(store.get(id, "transfer"), amount),
    failInvoice: (id: string) => emit("invoice.payment_failed", store.get(id, "invoice")),
    /** A refund made by hand in Stripe's dashboard. */
    refundByHand: (id: string, amount: number) =>
      payments.refund({ intent: intent(id), amount, metadata: {} }),
    failRefund: (id: string) => payments.failRefund(store.get(id, "refund")),
    openDispute(intentId: string, amount?: number): StripeObject {
      const paid = intent(intentId);
      const dispute = store.make("du", "dispute", {
        amount: amount ?? paid.amount,
        currency: "usd",
        charge: paid.latest_charge,
        payment_intent: paid.id,
        reason: "fraudulent",
        status: "needs_response",
      });
      moveMoney(store, "adjustment", -Number(dispute.amount));
      emit("charge.dispute.created", dispute);
      emit("charge.dispute.funds_withdrawn", dispute);
      return dispute;
    },
    closeDispute(id: string, status: "won" | "lost"): void {
      const dispute = store.get(id, "dispute");
      dispute.status = status;
      if (status === "won") moveMoney(store, "adjustment", Number(dispute.amount));
      if (status === "won") emit("charge.dispute.funds_reinstated", dispute);
      emit("charge.dispute.closed", dispute);
    },
  };
}

export type Controls = ReturnType<typeof createControls>;
