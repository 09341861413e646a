import { followDispute } from "./dispute";
import { handle } from "./handler";

/** The amount of a dispute has left our account. */
export const chargeDisputeFundsWithdrawn = handle("charge.dispute.funds_withdrawn", (event, deps) =>
  followDispute(event.data.object.id, deps),
);
