import { StripeRefusal } from "./checks";
import { moveMoney, type Store, type StripeObject } from "./store";

export type CardBehaviour = "succeeds" | "declines" | "needs_authentication";
export type Emit = (type: string, object: StripeObject) => void;

export interface Payments {
  /** Pays an intent: a charge with a receipt, and the event. */
  succeed(intent: StripeObject): void;
  /** @param fingerprint Stripe's name of the card that the bank refused */
  decline(intent: StripeObject, fingerprint?: string): void;
  createIntent(fields: Readonly<Record<string, unknown>>): StripeObject;
  /** An intent that is confirmed without the buyer. @throws StripeRefusal card_error, as Stripe does for a declined card */
  confirmOffSession(intent: StripeObject): void;
  refund(input: { intent: StripeObject; amount: number; metadata: unknown; status?: string }): StripeObject;
  /** A refund that the bank sent back. */
  failRefund(refund: StripeObject): void;
}

export function createPayments(
  store: Store,
  emit: Emit,
  behaviourOf: (paymentMethod: unknown) => CardBehaviour,
): Payments {
  const payments: Payments = {
    createIntent: (fields) =>
      store.make("pi", "payment_intent", {
        currency: "usd",
        amount_received: 0,
        status: "requires_payment_method",
        latest_charge: null,
        last_payment_error: null,
        payment_method: null,
        metadata: {},
        ...fields,
      }),
    succeed(intent) {
      const charge = store.make("ch", "charge", {
        amount: intent.amount,
        amount_refunded: 0,
        currency: intent.currency,
        payment_intent: intent.id,
        customer: intent.customer ?? null,
        metadata: intent.metadata,
        refunded: false,
        status: "succeeded",
      });
      charge.receipt_url = `https://pay.stripe.com/receipts/${charge.id}`;
      Object.assign(intent, {
        status: "succeeded",
        amount_received: intent.amount,
        latest_charge: charge.id,
      });
      moveMoney(store, "charge", Number(intent.amount));
      emit("payment_intent.succeeded", intent);
    },
    decline(intent, fingerprint = `card of ${intent.id}`) {
      intent.last_payment_error = {
        type: "card_error",
        code: "card_declined",
        decline_code: "generic_decline",
        payment_method: { object: "payment_method", type: "card", card: { fingerprint } },
      };
      emit("payment_intent.payment_failed", intent);
    },
    confirmOffSession(intent) {
      const behaviour = behaviourOf(intent.payment_method);
      if (behaviour === "succeeds") return payments.succeed(intent);
      const code = behaviour === "declines" ? "card_declined" : "authentication_required";
      intent.last_payment_error = { type: "card_error", code };
      emit("payment_intent.payment_failed", intent);
      throw new StripeRefusal(402, {
        type: "card_error",
        code,
        decline_code: code === "card_declined" ? "generic_decline" : "authentication_required",
        message:
          code === "card_declined" ? "Your card was declined." : "This payment requires authentication.",
        payment_intent: intent,
      });
    },
    ...createRefunds(store, emit),
  };
  return payments;
}

function createRefunds(store: Store, emit: Emit): Pick<Payments, "refund" | "failRefund"> {
  return {
    refund({ intent, amount, metadata, status = "succeeded" }) {
      const charge = store.get(intent.latest_charge, "charge");
      if (Number(charge.amount_refunded) + amount > Number(charge.amount))
        throw new StripeRefusal(400, {
          type: "invalid_request_error",
          code:
            Number(charge.amount_refunded) === Number(charge.amount)
              ? "charge_already_refunded"
              : "amount_too_large",
          message: "Refund amount is greater than the unrefunded amount on the charge.",
        });
      const refund = store.make("re", "refund", {
        amount,
        currency: intent.currency,
        charge: charge.id,
        payment_intent: intent.id,
        metadata: metadata ?? {},
        status,
        failure_reason: null,
      });
      charge.amount_refunded = Number(charge.amount_refunded) + amount;
      charge.refunded = charge.amount_refunded === charge.amount;
      moveMoney(store, "refund", -amount);
      emit("charge.refunded", charge);
      return refund;
    },
    failRefund(refund) {
      const charge = store.get(refund.charge, "charge");
      charge.amount_refunded = Number(charge.amount_refunded) - Number(refund.amount);
      charge.refunded = false;
      Object.assign(refund, { status: "failed", failure_reason: "lost_or_stolen_card" });
      moveMoney(store, "refund_failure", Number(refund.amount));
      emit("refund.failed", refund);
    },
  };
}
