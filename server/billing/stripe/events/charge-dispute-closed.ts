import { followDispute } from "./dispute";
import { handle } from "./handler";

/** A dispute has ended: won, or lost. */
export const chargeDisputeClosed = handle("charge.dispute.closed", (event, deps) =>
  followDispute(event.data.object.id, deps),
);
