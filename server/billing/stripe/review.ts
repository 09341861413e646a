import { and, eq, isNull } from "drizzle-orm";
import { order } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toWholeCents } from "@/server/platform/money";
import type { BillingDeps } from "../create-order";
import { mailOfOrder } from "../order-mails";
import { moveOrder, type Order, readOrder } from "../orders";
import { required, type StripeAccess, toUnavailable } from "./access";
import { provideCustomer } from "./customer";

const DAYS_UNTIL_DUE = 14;

export interface ReviewRequest {
  readonly orderId: string;
  readonly by: AuditActor;
}

/**
 * Approves an order in review and sends its invoice through Stripe. Repeated after a failure in between, it goes on
 * where it stopped: every call to Stripe has a key of its own.
 * @throws AppError not_found, conflict (not in review), service_unavailable
 */
export async function approveOrder(db: Database, deps: BillingDeps, request: ReviewRequest): Promise<Order> {
  const stripe = required(deps.stripe);
  const own = await ownedBy(db, request.orderId);
  const name = { organizationId: own.organizationId, orderId: own.id };
  await decide(db, deps, request, "approved");
  if (!own.stripeInvoiceId) {
    const invoice = await sendInvoice(db, stripe, own).catch((reason: unknown) =>
      Promise.reject(toUnavailable(reason)),
    );
    await db.transaction(async (tx) => {
      const [kept] = await tx
        .update(order)
        .set({ stripeInvoiceId: invoice.id, invoiceUrl: invoice.url })
        .where(and(eq(order.id, own.id), isNull(order.stripeInvoiceId)))
        .returning({ id: order.id });
      if (kept) await mailOfOrder(tx, deps.clock, "order_approved", own, { invoiceUrl: invoice.url ?? "" });
    });
  }
  return readOrder(db, name, deps.clock);
}

/** @throws AppError not_found, conflict (not in review) */
export async function rejectOrder(db: Database, deps: BillingDeps, request: ReviewRequest): Promise<Order> {
  const own = await ownedBy(db, request.orderId);
  await decide(db, deps, request, "rejected");
  return readOrder(db, { organizationId: own.organizationId, orderId: own.id }, deps.clock);
}

async function decide(
  db: Database,
  deps: BillingDeps,
  request: ReviewRequest,
  event: "approved" | "rejected",
): Promise<void> {
  const own = await ownedBy(db, request.orderId);
  await db.transaction(async (tx) => {
    const name = { organizationId: own.organizationId, orderId: own.id };
    const moved = await moveOrder(tx, { ...name, event }, deps.clock);
    if (moved && event === "rejected") await mailOfOrder(tx, deps.clock, "order_rejected", own);
    if (moved)
      return recordAudit(tx, deps.clock, {
        organizationId: own.organizationId,
        actor: request.by,
        action: event === "approved" ? "order.approved" : "order.rejected",
        target: { kind: "order", id: own.id, label: own.id },
        before: { status: "in_review" },
        after: { status: event },
      });
    const { status } = await readOrder(tx, name, deps.clock);
    if (status !== event)
      throw new AppError("conflict", { message: `The order is ${status}, not in review.` });
  });
}

async function ownedBy(db: Database, orderId: string) {
  const [row] = await db.select().from(order).where(eq(order.id, orderId));
  if (!row) throw new AppError("not_found", { message: "There is no such order." });
  return row;
}

async function sendInvoice(
  db: Database,
  { api, ...rest }: StripeAccess,
  own: typeof order.$inferSelect,
): Promise<{ id: string; url: string | null }> {
  const who = { organizationId: own.organizationId, userId: own.createdByUserId };
  const customer = await provideCustomer(db, { api, ...rest }, who);
  const invoice = await api.invoices.create(
    {
      customer,
      collection_method: "send_invoice",
      days_until_due: DAYS_UNTIL_DUE,
      currency: "usd",
      pending_invoice_items_behavior: "exclude",
      metadata: { order_id: own.id, organization_id: own.organizationId },
    },
    { idempotencyKey: `${own.id}:invoice` },
  );
  const id = invoice.id;
  if (!id) throw new Error("Stripe made an invoice without an id");
  await api.invoiceItems.create(
    {
      customer,
      invoice: id,
      amount: Number(toWholeCents(own.amountNanoUsd)),
      currency: "usd",
      description: "Prepaid API balance",
    },
    { idempotencyKey: `${own.id}:item` },
  );
  await api.invoices.finalizeInvoice(id, {}, { idempotencyKey: `${own.id}:finalize` });
  const sent = await api.invoices.sendInvoice(id, {}, { idempotencyKey: `${own.id}:send` });
  return { id, url: sent.hosted_invoice_url ?? null };
}
