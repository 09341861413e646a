import { settlePayment, toPayment } from "../settle";
import { handle, ignored } from "./handler";
import { readIntent } from "./payment";

/** Money has arrived: at a checkout, or by an automatic top-up. */
export const paymentIntentSucceeded = handle("payment_intent.succeeded", async (event, deps) => {
  const intent = await readIntent(deps.stripe, event.data.object.id);
  if (intent.status !== "succeeded") return ignored(`payment is ${intent.status}`);
  return (tx) => settlePayment(tx, deps, toPayment(intent));
});
