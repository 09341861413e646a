import { handle } from "./handler";
import { follow } from "./subscription";

/** A subscription has ended. */
export const customerSubscriptionDeleted = handle("customer.subscription.deleted", (event, deps) =>
  follow(event.data.object.id, deps),
);
