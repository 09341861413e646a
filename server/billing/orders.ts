import { and, desc, eq, gt, inArray, lt, lte, sql } from "drizzle-orm";
import { order } from "@/db/schema";
import { type EventType, emitEvent } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import { type NanoUsd, toDecimalUsd } from "@/server/platform/money";
import { isPayable, type OrderEvent, type OrderStatus, PAID_STATUSES, TRANSITIONS } from "./order-states";

/** An order that nobody paid ends after a day. */
const ORDER_LIFE_MS = 24 * 60 * 60 * 1_000;
/** One that waits for its own organization, after two weeks. */
const AWAITING_LIFE_MS = 14 * ORDER_LIFE_MS;
const MAX_PAGE = 100;

/** A top-up as its organization sees it. */
export interface Order {
  readonly id: string;
  /** Slug of a pack, or `custom`. */
  readonly pack: string;
  readonly amountNanoUsd: NanoUsd;
  readonly status: OrderStatus;
  readonly paymentMethod: "sandbox" | "invoice" | "card";
  readonly createdAt: Date;
  /** When its organization approved or declined it; null when nobody had to. */
  readonly decidedAt: Date | null;
  readonly paidAt: Date | null;
  readonly closedAt: Date | null;
  /** Pages of the payment provider; null when there is none. */
  readonly invoiceUrl: string | null;
  readonly receiptUrl: string | null;
  /** What went back to the payer, or is on its way. */
  readonly refundedNanoUsd: NanoUsd;
}

export const orderColumns = {
  id: order.id,
  pack: order.pack,
  amountNanoUsd: order.amountNanoUsd,
  status: order.status,
  paymentMethod: order.paymentMethod,
  createdAt: order.createdAt,
  decidedAt: order.decidedAt,
  paidAt: order.paidAt,
  closedAt: order.closedAt,
  invoiceUrl: order.invoiceUrl,
  receiptUrl: order.receiptUrl,
  refundedNanoUsd: sql<bigint>`(SELECT coalesce(sum(r.amount_nano_usd), 0)::bigint FROM refund r
    WHERE r.order_id = "order".id AND r.status <> 'failed')`,
};

/** Row → domain. An open order past its life reads as expired also before anyone has tried to pay it. */
export function toOrder(row: Order, clock: Clock): Order {
  const openedMs = (row.decidedAt ?? row.createdAt).getTime();
  const isOver =
    row.status === "awaiting_approval"
      ? openedMs <= oldestAwaitingMs(clock)
      : isPayable(row.status) && openedMs <= oldestOpenMs(clock);
  return isOver ? { ...row, status: "expired" } : row;
}

/** @throws AppError not_found, the same for an order of another organization and for none */
export async function readOrder(
  db: Executor,
  input: { readonly organizationId: string; readonly orderId: string },
  clock: Clock,
): Promise<Order> {
  const [row] = await db.select(orderColumns).from(order).where(owned(input));
  if (!row) throw new AppError("not_found", { message: "There is no such order." });
  return toOrder(row, clock);
}

export interface OrderPage {
  readonly orders: readonly Order[];
  /** Id to continue after, or null at the end. */
  readonly nextCursor: string | null;
}

/**
 * Newest first, by keyset.
 * @param input.limit rows, 1 to 100
 * @throws AppError invalid_request for a cursor that is no order id
 */
export async function listOrders(
  db: Executor,
  input: { readonly organizationId: string; readonly cursor?: string | null; readonly limit: number },
  clock: Clock,
): Promise<OrderPage> {
  if (input.cursor && !isId("order", input.cursor)) {
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  }
  const limit = Math.min(Math.max(Math.trunc(input.limit), 1), MAX_PAGE);
  const rows = await db
    .select(orderColumns)
    .from(order)
    .where(
      and(
        eq(order.organizationId, input.organizationId),
        input.cursor ? lt(order.id, input.cursor) : undefined,
      ),
    )
    .orderBy(desc(order.id))
    .limit(limit + 1);
  const orders = rows.slice(0, limit).map((row) => toOrder(row, clock));
  return { orders, nextCursor: rows.length > limit ? (orders.at(-1)?.id ?? null) : null };
}

/** Has the organization ever paid for an order? */
export async function hasPaidOrder(db: Executor, organizationId: string): Promise<boolean> {
  const [row] = await db
    .select({ id: order.id })
    .from(order)
    .where(and(eq(order.organizationId, organizationId), inArray(order.status, [...PAID_STATUSES])))
    .limit(1);
  return row !== undefined;
}

/**
 * One step of the state machine as one conditional UPDATE: of any number of callers at once, one gets the order and
 * the others null. An open order past its life takes no step but to expire, unless its money has arrived. Tells the
 * organization's webhooks in the same transaction.
 */
export async function moveOrder(
  tx: Executor,
  input: { readonly organizationId: string; readonly orderId: string; readonly event: OrderEvent },
  clock: Clock,
): Promise<Order | null> {
  const { from, to } = TRANSITIONS[input.event];
  const now = new Date(clock.nowMs());
  const [row] = await tx
    .update(order)
    .set({
      status: to,
      ...(to === "paid" ? { paidAt: now } : {}),
      ...(STILL_OPEN.includes(to) ? {} : { closedAt: now }),
    })
    .where(and(owned(input), inArray(order.status, [...from]), lifeCondition(input.event, clock)))
    .returning(orderColumns);
  const told = TOLD_AS[input.event];
  if (row && told) await tellOf(tx, told, input.organizationId, row);
  return row ?? null;
}

const STILL_OPEN: readonly OrderStatus[] = ["created", "pending", "in_review"];

const TOLD_AS: Readonly<Partial<Record<OrderEvent, OrderEventType>>> = {
  paid: "order.paid",
  money_arrived: "order.paid",
  declined: "order.failed",
  canceled: "order.canceled",
  withdrawn: "order.canceled",
  approved: "order.approved",
  rejected: "order.rejected",
  team_approved: "order.created",
  team_approved_for_review: "order.in_review",
  team_declined: "order.canceled",
};

export type OrderEventType = Extract<EventType, `order.${string}`>;

/** Writes an event of an order, in the transaction of the fact. */
export async function tellOf(
  tx: Executor,
  type: OrderEventType,
  organizationId: string,
  about: Pick<Order, "id" | "amountNanoUsd" | "status" | "paymentMethod" | "pack">,
): Promise<void> {
  const data = {
    order_id: about.id,
    amount_usd: toDecimalUsd(about.amountNanoUsd),
    status: about.status,
    payment_method: about.paymentMethod,
    pack: about.pack,
  };
  await emitEvent(tx, { organizationId, type, data });
}

const AT_ANY_AGE: readonly OrderEvent[] = ["approved", "rejected", "money_arrived", "lapsed", "withdrawn"];

const BY_THE_TEAM: readonly OrderEvent[] = ["team_approved", "team_approved_for_review", "team_declined"];

/** The day of an order begins when it can be paid: when it is placed, or when its organization has approved it. */
function lifeCondition(event: OrderEvent, clock: Clock) {
  if (BY_THE_TEAM.includes(event)) return gt(order.createdAt, new Date(oldestAwaitingMs(clock)));
  const openedAt = sql`coalesce(${order.decidedAt}, ${order.createdAt})`;
  const oldest = new Date(oldestOpenMs(clock));
  if (event === "expired") return lte(openedAt, oldest);
  return AT_ANY_AGE.includes(event) ? undefined : gt(openedAt, oldest);
}

function owned(input: { readonly organizationId: string; readonly orderId: string }) {
  return and(eq(order.id, input.orderId), eq(order.organizationId, input.organizationId));
}

/** Orders that wait and are older than this have lapsed. */
export function oldestAwaitingMs(clock: Clock): number {
  return clock.nowMs() - AWAITING_LIFE_MS;
}

function oldestOpenMs(clock: Clock): number {
  return clock.nowMs() - ORDER_LIFE_MS;
}
