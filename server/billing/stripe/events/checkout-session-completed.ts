import { settleSession } from "./checkout-session";
import { handle } from "./handler";

/** The buyer has finished the checkout: paid, or by a method that confirms later. */
export const checkoutSessionCompleted = handle("checkout.session.completed", (event, deps) =>
  settleSession(event.data.object.id, deps),
);
