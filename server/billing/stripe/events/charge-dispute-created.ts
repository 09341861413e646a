import { followDispute } from "./dispute";
import { handle } from "./handler";

/** A bank takes a payment back: its amount is frozen. */
export const chargeDisputeCreated = handle("charge.dispute.created", (event, deps) =>
  followDispute(event.data.object.id, deps),
);
