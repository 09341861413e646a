import { and, count, desc, eq, inArray, lt, sql } from "drizzle-orm";
import { commitment, order, organization, payout, stripeEvent, user } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import { contains } from "@/server/platform/matching";
import type { OrderStatus } from "./order-states";
import { orderColumns } from "./orders";

const MAX_LISTED = 200;

/** For the operator console only: orders of everybody, newest first, by keyset. @throws AppError invalid_request (cursor) */
export async function listAllOrders(
  db: Executor,
  input: {
    readonly status?: OrderStatus | undefined;
    /** Part of an order id, a payment's or an invoice's id, an organization's name or the buyer's address. */
    readonly text?: string | undefined;
    readonly cursor?: string | null | undefined;
    readonly limit: number;
  },
) {
  if (input.cursor && !isId("order", input.cursor))
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  const rows = await db
    .select({
      ...orderColumns,
      organizationId: order.organizationId,
      organizationName: organization.name,
      buyer: user.email,
      paymentIntentId: order.stripePaymentIntentId,
    })
    .from(order)
    .innerJoin(organization, eq(organization.id, order.organizationId))
    .innerJoin(user, eq(user.id, order.createdByUserId))
    .where(
      and(
        input.status && eq(order.status, input.status),
        input.cursor ? lt(order.id, input.cursor) : undefined,
        contains(
          input.text,
          order.id,
          order.organizationId,
          organization.name,
          user.email,
          order.stripePaymentIntentId,
          order.stripeInvoiceId,
        ),
      ),
    )
    .orderBy(desc(order.id))
    .limit(input.limit + 1);
  const orders = rows.slice(0, input.limit);
  return { orders, nextCursor: rows.length > input.limit ? (orders.at(-1)?.id ?? null) : null };
}

/** Payouts of every partner with its name, newest first. @param isAll also those that have ended */
export async function listAllPayouts(db: Executor, isAll: boolean) {
  return db
    .select({
      id: payout.id,
      organizationId: payout.organizationId,
      organizationName: organization.name,
      amountNanoUsd: payout.amountNanoUsd,
      status: payout.status,
      reason: payout.reason,
      createdAt: payout.createdAt,
    })
    .from(payout)
    .innerJoin(organization, eq(organization.id, payout.organizationId))
    .where(isAll ? undefined : inArray(payout.status, ["requested", "approved"]))
    .orderBy(desc(payout.id))
    .limit(MAX_LISTED);
}

/** Events of Stripe that did not fit our books, newest first. */
export function listRejectedEvents(db: Executor) {
  return db
    .select()
    .from(stripeEvent)
    .where(sql`${stripeEvent.outcome} = 'rejected'`)
    .orderBy(desc(stripeEvent.receivedAt))
    .limit(MAX_LISTED);
}

/** What of money waits for a person. */
export async function countMoneyWaiting(db: Executor) {
  const [review] = await db.select({ n: count() }).from(order).where(eq(order.status, "in_review"));
  const [rejected] = await db
    .select({ n: count() })
    .from(stripeEvent)
    .where(sql`${stripeEvent.outcome} = 'rejected'`);
  const [payouts] = await db
    .select({ n: count() })
    .from(payout)
    .where(inArray(payout.status, ["requested", "approved"]));
  const [late] = await db.select({ n: count() }).from(commitment).where(eq(commitment.status, "past_due"));
  return {
    ordersInReview: review?.n ?? 0,
    rejectedEvents: rejected?.n ?? 0,
    openPayouts: payouts?.n ?? 0,
    lateCommitments: late?.n ?? 0,
  };
}
