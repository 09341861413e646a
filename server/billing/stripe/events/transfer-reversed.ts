import { eq } from "drizzle-orm";
import { payout } from "@/db/schema";
import { SYSTEM_ACTOR } from "@/server/audit";
import { lockPartner } from "../../partners/lock";
import { failLocked } from "../../partners/payouts";
import { handle, ignored } from "./handler";

/** A payout that Stripe had sent came back: its commission is available again. A part of one is looked at by a person. */
export const transferReversed = handle("transfer.reversed", async (event, deps) => {
  const found = await deps.stripe.api.transfers.retrieve(event.data.object.id);
  const { payout_id: payoutId, organization_id: organizationId } = found.metadata;
  if (!payoutId || !organizationId) return ignored("names no payout of ours");
  return async (tx) => {
    await lockPartner(tx, organizationId);
    const [row] = await tx.select().from(payout).where(eq(payout.id, payoutId)).for("update");
    if (!row || row.organizationId !== organizationId)
      return { outcome: "rejected", detail: `names ${payoutId}, which is no payout` };
    // Sent, and not recorded yet: the operator's call will do so, and Stripe tells us again.
    if (row.status === "approved") throw new Error(`payout ${payoutId} is not recorded as sent yet`);
    if (row.stripeTransferId !== found.id)
      return { outcome: "rejected", detail: `${found.id} is not the transfer of ${payoutId}` };
    if (found.amount_reversed !== found.amount)
      return { outcome: "rejected", detail: `${found.amount_reversed} of ${found.amount} cents came back` };
    if (row.status === "failed") return { outcome: "ignored", detail: "returned before" };
    await failLocked(tx, deps.clock, row, { by: SYSTEM_ACTOR, reason: "The bank sent it back." });
    return { outcome: "applied" };
  };
});
