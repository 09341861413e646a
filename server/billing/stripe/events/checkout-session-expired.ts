import { endSession } from "./checkout-session";
import { handle } from "./handler";

/** Nobody paid in time. */
export const checkoutSessionExpired = handle("checkout.session.expired", async (event, deps) =>
  endSession(event.data.object, "lapsed", deps),
);
