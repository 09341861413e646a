import { settleSession } from "./checkout-session";
import { handle } from "./handler";

/** A payment that confirms later has arrived. */
export const checkoutSessionAsyncPaymentSucceeded = handle(
  "checkout.session.async_payment_succeeded",
  (event, deps) => settleSession(event.data.object.id, deps),
);
