import { failRecharge } from "../../auto-recharge/outcome";
import { noteDecline } from "../card-testing";
import { handle, ignored } from "./handler";

/**
 * A card was declined. An automatic top-up ends with it; at a checkout the buyer may try another card, so the order
 * stays open until the checkout ends, and the refusal is counted.
 */
export const paymentIntentPaymentFailed = handle("payment_intent.payment_failed", async (event, deps) => {
  const { id, metadata, last_payment_error: told } = event.data.object;
  const rechargeId = metadata.recharge_id;
  if (!rechargeId) {
    const fingerprint = told?.payment_method?.card?.fingerprint ?? null;
    return async (tx) => {
      const decline = { id: event.id, orderId: metadata.order_id, fingerprint };
      const isKept = await noteDecline(tx, deps.clock, decline);
      return isKept
        ? { outcome: "applied", detail: "declined; the checkout stays open", orderId: metadata.order_id }
        : { outcome: "ignored", detail: "names no order of ours" };
    };
  }
  const { status, last_payment_error: error } = await deps.stripe.api.paymentIntents.retrieve(id);
  if (status === "succeeded") return ignored("paid meanwhile");
  return async (tx) => {
    const hasFailed = await failRecharge(tx, deps.clock, rechargeId, error?.code ?? "card_declined");
    return { outcome: hasFailed ? "applied" : "ignored", orderId: metadata.order_id };
  };
});
