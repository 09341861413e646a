import { and, count, eq, gt, inArray, isNotNull, or, sql, sum } from "drizzle-orm";
import { cardDecline, order, organization } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { fromCents, toDecimalUsd } from "@/server/platform/money";
import { PAID_STATUSES } from "../order-states";
import { moveOrder } from "../orders";
import type { StripeAccess } from "./access";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** Stolen cards are tried out one after the other: so many refusals in a day, and there is no checkout for a day. */
const MAX_DECLINES = 5;
/** An organization is young for so long. */
const YOUNG_MS = 7 * DAY_MS;
/** Card orders in an hour, and what a young organization may pay by card in a day. */
const MAX_ORDERS = { young: 10, grown: 30 };
const MAX_YOUNG_DAY_NANO_USD = fromCents(10_000_00n);
const BATCH = 20;

interface Buyer {
  readonly organizationId: string;
  readonly userId: string;
}

/**
 * Bounds how often cards can be tried: called after the order is in, in its transaction, so that the order itself counts
 * and parallel ones wait for each other.
 * @throws AppError rate_limit_exceeded
 */
export async function requireModeration(tx: Executor, clock: Clock, buyer: Buyer): Promise<void> {
  const nowMs = clock.nowMs();
  const [own] = await tx
    .select({ createdAt: organization.createdAt })
    .from(organization)
    .where(eq(organization.id, buyer.organizationId))
    .for("no key update");
  if (await hasTooManyDeclines(tx, nowMs, buyer)) throw tooManyDeclines();
  const isYoung = own !== undefined && nowMs - own.createdAt.getTime() < YOUNG_MS;
  const byCard = and(eq(order.organizationId, buyer.organizationId), eq(order.paymentMethod, "card"));
  const [hour] = await tx
    .select({ n: count() })
    .from(order)
    .where(and(byCard, gt(order.createdAt, new Date(nowMs - HOUR_MS))));
  if ((hour?.n ?? 0) > (isYoung ? MAX_ORDERS.young : MAX_ORDERS.grown))
    throw new AppError("rate_limit_exceeded", {
      message: "Too many top-ups were begun in the last hour. Please try again later.",
      retryAfterSeconds: HOUR_MS / 1_000,
    });
  if (!isYoung) return;
  const [day] = await tx
    .select({ total: sum(order.amountNanoUsd) })
    .from(order)
    .where(
      and(
        byCard,
        gt(order.createdAt, new Date(nowMs - DAY_MS)),
        inArray(order.status, ["created", "pending", ...PAID_STATUSES]),
      ),
    );
  if (BigInt(day?.total ?? 0) > MAX_YOUNG_DAY_NANO_USD)
    throw new AppError("rate_limit_exceeded", {
      message: `In an organization's first week, $${toDecimalUsd(MAX_YOUNG_DAY_NANO_USD, 0)} can be paid by card in a day. Order a larger amount by invoice.`,
      retryAfterSeconds: DAY_MS / 1_000,
    });
}

/** @throws AppError rate_limit_exceeded before a checkout is opened again */
export async function requireFewDeclines(db: Executor, clock: Clock, buyer: Buyer): Promise<void> {
  if (await hasTooManyDeclines(db, clock.nowMs(), buyer)) throw tooManyDeclines();
}

/** Counted by organization, by person (who could make many organizations), and by card (which could go round them). */
async function hasTooManyDeclines(db: Executor, nowMs: number, buyer: Buyer): Promise<boolean> {
  const since = gt(cardDecline.at, new Date(nowMs - DAY_MS));
  const mine = or(eq(cardDecline.organizationId, buyer.organizationId), eq(cardDecline.userId, buyer.userId));
  const cards = db
    .select({ fingerprint: cardDecline.fingerprint })
    .from(cardDecline)
    .where(and(since, mine, isNotNull(cardDecline.fingerprint)));
  const [byBuyer] = await db.select({ n: count() }).from(cardDecline).where(and(since, mine));
  const [byCard] = await db
    .select({ n: count() })
    .from(cardDecline)
    .where(and(since, inArray(cardDecline.fingerprint, cards)))
    .groupBy(cardDecline.fingerprint)
    .orderBy(sql`count(*) DESC`)
    .limit(1);
  return Math.max(byBuyer?.n ?? 0, byCard?.n ?? 0) >= MAX_DECLINES;
}

function tooManyDeclines(): AppError {
  return new AppError("rate_limit_exceeded", {
    message: "Too many cards were declined. Please try again tomorrow, or write to support.",
    retryAfterSeconds: DAY_MS / 1_000,
  });
}

/** Keeps a refusal of the bank. @param decline.id of Stripe's event: told twice, it counts once */
export async function noteDecline(
  tx: Executor,
  clock: Clock,
  decline: { readonly id: string; readonly orderId: string | undefined; readonly fingerprint: string | null },
): Promise<boolean> {
  if (!decline.orderId) return false;
  const [own] = await tx.select().from(order).where(eq(order.id, decline.orderId));
  if (!own) return false;
  await tx
    .insert(cardDecline)
    .values({
      id: decline.id,
      organizationId: own.organizationId,
      userId: own.createdByUserId,
      fingerprint: decline.fingerprint,
      at: new Date(clock.nowMs()),
    })
    .onConflictDoNothing();
  return true;
}

/**
 * Closes the open checkouts of those whose cards are declined again and again: Stripe's page would let them go on.
 * @returns how many were closed
 */
export async function closeTestedCheckouts(
  db: Database,
  clock: Clock,
  stripe: Pick<StripeAccess, "api">,
): Promise<number> {
  const since = new Date(clock.nowMs() - DAY_MS);
  const open = await db
    .selectDistinct({
      id: order.id,
      organizationId: order.organizationId,
      userId: order.createdByUserId,
      session: order.stripeSessionId,
    })
    .from(order)
    .innerJoin(cardDecline, eq(cardDecline.organizationId, order.organizationId))
    .where(and(eq(order.status, "pending"), eq(order.paymentMethod, "card"), gt(cardDecline.at, since)))
    .limit(BATCH);
  let closed = 0;
  for (const { id, organizationId, userId, session } of open) {
    if (!session || !(await hasTooManyDeclines(db, clock.nowMs(), { organizationId, userId }))) continue;
    // One that was paid at this moment cannot be closed, and its payment is credited.
    const isClosed = await stripe.api.checkout.sessions.expire(session).then(
      () => true,
      () => false,
    );
    if (!isClosed) continue;
    await db.transaction((tx) => moveOrder(tx, { organizationId, orderId: id, event: "lapsed" }, clock));
    closed += 1;
  }
  return closed;
}

/** Refusals of more than a month ago are nobody's business any more. @returns how many were deleted */
export async function dropOldDeclines(db: Executor, nowMs: number): Promise<number> {
  const { rowCount } = await db
    .delete(cardDecline)
    .where(sql`${cardDecline.at} < ${new Date(nowMs - 30 * DAY_MS)}`);
  return rowCount ?? 0;
}
