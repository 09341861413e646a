import { and, eq, inArray, isNull } from "drizzle-orm";
import { commitment } from "@/db/schema";
import type { AuditActor } from "@/server/audit";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { BillingDeps } from "../create-order";
import { required, toUnavailable } from "../stripe/access";
import { type Commitment, type CommitmentName, listCommitments, named, readCommitment } from "./commitments";
import { dayOf, mailOfCommitment } from "./mails";
import { audit, withdrawQuote } from "./quote";
import { termAt } from "./terms";

export interface Cancellation extends CommitmentName {
  /** Ours alone: it ends at once, without what was agreed for the rest of the year. */
  readonly isImmediate?: boolean;
  /** For the trail: why an operator did it. */
  readonly reason?: string;
  readonly by: AuditActor;
}

/**
 * Ends whatever a commitment is, for an operator: an open quote is withdrawn, everything else canceled.
 * @throws AppError as {@link cancelCommitment}
 */
export async function endCommitment(
  db: Database,
  deps: BillingDeps,
  input: Omit<Cancellation, "organizationId">,
): Promise<Commitment> {
  const [found] = await listCommitments(db, { id: input.commitmentId });
  if (!found) throw new AppError("not_found", { message: "There is no such commitment." });
  const { organizationId, status } = found;
  if (status !== "quoted") return cancelCommitment(db, deps, { ...input, organizationId });
  await withdrawQuote(db, deps.clock, input);
  return readCommitment(db, { ...input, organizationId });
}

/**
 * Cancels a commitment: one that began at the end of its running year, one whose first invoice was never paid at once.
 * What was credited stays. Repeatable.
 * @throws AppError not_found, conflict (it does not run), service_unavailable
 */
export async function cancelCommitment(
  db: Database,
  deps: BillingDeps,
  input: Cancellation,
): Promise<Commitment> {
  const row = await readCommitment(db, input);
  const { stripeSubscriptionId: subscription, startedAt } = row;
  if (row.status === "canceled" || (row.endsAt && !input.isImmediate)) return row;
  if (row.status === "quoted" || row.status === "withdrawn")
    throw new AppError("conflict", { message: "This quote was not accepted: there is nothing to cancel." });
  const stripe = required(deps.stripe);
  if (startedAt && !input.isImmediate && subscription) {
    const endsAt = termAt(startedAt, deps.clock.nowMs()).end;
    await stripe.api.subscriptions
      .update(subscription, {
        cancel_at: Math.floor(endsAt.getTime() / 1_000),
        proration_behavior: "none",
      })
      .catch((reason: unknown) => Promise.reject(toUnavailable(reason)));
    await keep(db, deps, input, { endsAt });
  } else {
    if (subscription)
      await stripe.api.subscriptions.cancel(subscription).catch((reason: unknown) => {
        throw toUnavailable(reason);
      });
    // A commitment that ran is ended by Stripe's event, which also tells of it.
    await keep(db, deps, input, startedAt ? {} : { endedAt: new Date(deps.clock.nowMs()) });
  }
  return readCommitment(db, input);
}

async function keep(
  db: Database,
  { clock }: BillingDeps,
  input: Cancellation,
  change: { readonly endsAt?: Date; readonly endedAt?: Date },
): Promise<void> {
  await db.transaction(async (tx) => {
    const set = change.endedAt ? { ...change, status: "canceled" as const } : change;
    const [row] = await tx
      .update(commitment)
      .set({ ...set, ...(input.isImmediate && { endsAt: new Date(clock.nowMs()) }) })
      .where(
        and(
          named(input),
          change.endedAt
            ? eq(commitment.status, "accepted")
            : inArray(commitment.status, ["active", "past_due"]),
          input.isImmediate ? undefined : isNull(commitment.endsAt),
        ),
      )
      .returning();
    if (!row) return;
    await audit(tx, clock, input.by, row, "commitment.canceled", input.reason);
    // One that ends at once is told of when Stripe says that it has.
    if (change.endsAt)
      await mailOfCommitment(tx, clock, "commitment_canceled", row, { endsOn: dayOf(change.endsAt) });
  });
}
