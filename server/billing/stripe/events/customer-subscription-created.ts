import { handle } from "./handler";
import { follow } from "./subscription";

/** A subscription was made: also when the answer to our own call was lost. */
export const customerSubscriptionCreated = handle("customer.subscription.created", (event, deps) =>
  follow(event.data.object.id, deps),
);
