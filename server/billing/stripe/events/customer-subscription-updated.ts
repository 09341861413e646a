import { handle } from "./handler";
import { follow } from "./subscription";

/** A subscription is late, in order again, or will end. */
export const customerSubscriptionUpdated = handle("customer.subscription.updated", (event, deps) =>
  follow(event.data.object.id, deps),
);
