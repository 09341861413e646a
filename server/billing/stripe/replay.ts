import { eq } from "drizzle-orm";
import { stripeEvent } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { required, type StripeAccess, toUnavailable } from "./access";
import type { Verdict } from "./settle";
import { prepareEffect } from "./webhook";

/**
 * Handles an event again that did not fit our books when it came: fetched from Stripe by its id, with the same handler,
 * in one transaction with its row. What was credited before is not credited twice: that is the ledger's to know.
 * @throws AppError not_found (no such event here, or forgotten at Stripe), conflict (it was not rejected),
 *   service_unavailable
 */
export async function replayStripeEvent(
  db: Database,
  deps: { readonly clock: Clock; readonly stripe: StripeAccess | null },
  input: { readonly eventId: string; readonly by: AuditActor },
): Promise<Verdict> {
  const stripe = required(deps.stripe);
  const [known] = await db.select().from(stripeEvent).where(eq(stripeEvent.id, input.eventId));
  if (!known) throw new AppError("not_found", { message: "There is no such event." });
  requireRejected(known.outcome);
  const event = await stripe.api.events
    .retrieve(input.eventId)
    .catch((reason: unknown) => Promise.reject(forgottenOr(reason)));
  const effect = await prepareEffect({ clock: deps.clock, stripe }, event);
  return db.transaction(async (tx) => {
    const [own] = await tx.select().from(stripeEvent).where(eq(stripeEvent.id, known.id)).for("update");
    requireRejected(own?.outcome);
    const done = await effect(tx);
    await tx
      .update(stripeEvent)
      .set({
        outcome: done.outcome,
        detail: done.detail ?? null,
        ...(done.orderId && { orderId: done.orderId }),
      })
      .where(eq(stripeEvent.id, known.id));
    await recordAudit(tx, deps.clock, {
      organizationId: null,
      actor: input.by,
      action: "stripe_event.replayed",
      target: { kind: "stripe_event", id: known.id, label: known.type },
      before: { outcome: known.outcome, detail: known.detail },
      after: { outcome: done.outcome, detail: done.detail ?? null },
    });
    return done;
  });
}

function requireRejected(outcome: string | undefined): void {
  if (outcome !== "rejected")
    throw new AppError("conflict", { message: `The event is ${outcome}: there is nothing to do again.` });
}

/** Stripe keeps events for 30 days. */
function forgottenOr(reason: unknown): AppError {
  const isGone =
    typeof reason === "object" && reason !== null && "statusCode" in reason && reason.statusCode === 404;
  return isGone
    ? new AppError("not_found", {
        message: "Stripe does not have this event any more: it keeps them for 30 days.",
      })
    : toUnavailable(reason);
}
