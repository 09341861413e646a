import { endSession } from "./checkout-session";
import { handle } from "./handler";

/** A payment that confirms later did not arrive. */
export const checkoutSessionAsyncPaymentFailed = handle(
  "checkout.session.async_payment_failed",
  async (event, deps) => endSession(event.data.object, "declined", deps),
);
