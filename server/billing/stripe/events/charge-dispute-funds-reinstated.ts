import { followDispute } from "./dispute";
import { handle } from "./handler";

/** The amount of a dispute is ours again. */
export const chargeDisputeFundsReinstated = handle("charge.dispute.funds_reinstated", (event, deps) =>
  followDispute(event.data.object.id, deps),
);
