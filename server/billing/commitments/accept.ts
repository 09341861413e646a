import { and, eq, gt, inArray } from "drizzle-orm";
import type Stripe from "stripe";
import { commitment, organization } from "@/db/schema";
import type { AuditActor } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toWholeCents } from "@/server/platform/money";
import type { BillingDeps } from "../create-order";
import { required, type StripeAccess, toUnavailable } from "../stripe/access";
import { provideCustomer } from "../stripe/customer";
import {
  type Commitment,
  type CommitmentName,
  type CommitmentRow,
  LIVE_STATUSES,
  named,
  readCommitment,
} from "./commitments";
import { audit } from "./quote";
import { commitmentText, periodOf, SCHEDULES } from "./terms";

const DAYS_UNTIL_DUE = 30;

export interface Acceptance extends CommitmentName {
  readonly userId: string;
  /** card: charged by itself each period, after the first is paid on Stripe's page. invoice: each is sent and paid. */
  readonly payBy: "card" | "invoice";
  /** The text as it was shown. */
  readonly consent: string;
  readonly audit: AuditActor;
}

/**
 * Accepts a quote and opens its subscription at Stripe. It begins, and is credited, when its first invoice is paid.
 * Repeated after a failure in between it goes on where it stopped.
 * @returns the page where the first invoice is paid
 * @throws AppError not_found, conflict (withdrawn, out of date, or another one runs), invalid_request (consent),
 *   service_unavailable
 */
export async function acceptCommitment(
  db: Database,
  deps: BillingDeps,
  input: Acceptance,
): Promise<Commitment> {
  const quote = await readCommitment(db, input);
  const stripe = required(deps.stripe);
  const accepted = await markAccepted(db, deps.clock, input, quote);
  if (accepted.stripeSubscriptionId === null) {
    const made = await openSubscription(db, stripe, accepted, input.userId).catch((reason: unknown) =>
      Promise.reject(toUnavailable(reason)),
    );
    const invoice = typeof made.latest_invoice === "object" ? made.latest_invoice : null;
    await db
      .update(commitment)
      .set({ stripeSubscriptionId: made.id, invoiceUrl: invoice?.hosted_invoice_url ?? null })
      .where(named(input));
  }
  return readCommitment(db, input);
}

async function markAccepted(
  db: Database,
  clock: Clock,
  input: Acceptance,
  quote: CommitmentRow,
): Promise<CommitmentRow> {
  if (quote.status === "accepted") return quote;
  const agreed = commitmentText(quote);
  if (quote.status === "quoted" && input.consent !== agreed)
    throw new AppError("invalid_request", {
      message: "The consent does not name these amounts. Read it again and agree to it.",
      param: "consent",
    });
  const now = new Date(clock.nowMs());
  const row = await db.transaction(async (tx) => {
    await requireNoOther(tx, input);
    const [row] = await tx
      .update(commitment)
      .set({
        status: "accepted",
        acceptedAt: now,
        acceptedByUserId: input.userId,
        acceptedText: agreed,
        payBy: input.payBy,
      })
      .where(and(named(input), eq(commitment.status, "quoted"), gt(commitment.validUntil, now)))
      .returning();
    if (row) await audit(tx, clock, input.audit, row, "commitment.accepted");
    return row;
  });
  if (row) return row;
  const found = await readCommitment(db, input);
  if (LIVE_STATUSES.includes(found.status)) return found;
  throw new AppError("conflict", {
    message: "This quote cannot be accepted any more. Ask us for a new one.",
  });
}

/** One commitment at a time. Acceptances of an organization come one after another; a unique index stands behind. */
async function requireNoOther(tx: Executor, { organizationId, commitmentId }: CommitmentName): Promise<void> {
  await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.id, organizationId))
    .for("no key update");
  const live = await tx
    .select({ id: commitment.id })
    .from(commitment)
    .where(
      and(eq(commitment.organizationId, organizationId), inArray(commitment.status, [...LIVE_STATUSES])),
    );
  if (live.some(({ id }) => id !== commitmentId))
    throw new AppError("conflict", { message: "Another commitment runs already. Ask us to change it." });
}

/** The subscription of a commitment: looked for first, since Stripe forgets idempotency keys after a day. */
async function openSubscription(
  db: Database,
  stripe: StripeAccess,
  row: CommitmentRow,
  userId: string,
): Promise<Stripe.Subscription> {
  const period = periodOf(row);
  if (!period) throw new Error(`commitment ${row.id} has no whole period`);
  const customer = await provideCustomer(db, stripe, { organizationId: row.organizationId, userId });
  const { data } = await stripe.api.subscriptions.list({
    customer,
    limit: 100,
    expand: ["data.latest_invoice"],
  });
  const known = data.find(({ metadata }) => metadata.commitment_id === row.id);
  if (known) return known;
  const product = await stripe.api.products.create(
    { name: "Committed API balance", metadata: { commitment_id: row.id } },
    { idempotencyKey: `${row.id}:product` },
  );
  return stripe.api.subscriptions.create(subscriptionOf(row, customer, product.id, period.priceNanoUsd), {
    idempotencyKey: `${row.id}:subscription`,
  });
}

function subscriptionOf(
  row: CommitmentRow,
  customer: string,
  product: string,
  priceNanoUsd: bigint,
): Stripe.SubscriptionCreateParams {
  return {
    customer,
    items: [
      {
        price_data: {
          currency: "usd",
          product,
          unit_amount: Number(toWholeCents(priceNanoUsd)),
          recurring: { interval: "month", interval_count: SCHEDULES[row.schedule].months },
        },
      },
    ],
    // The first invoice is paid by the buyer on Stripe's page, where a card is kept for the next ones.
    ...(row.payBy === "card"
      ? {
          collection_method: "charge_automatically",
          payment_behavior: "default_incomplete",
          payment_settings: { save_default_payment_method: "on_subscription" },
        }
      : { collection_method: "send_invoice", days_until_due: DAYS_UNTIL_DUE }),
    metadata: { commitment_id: row.id, organization_id: row.organizationId },
    expand: ["latest_invoice"],
  };
}
