import { and, eq } from "drizzle-orm";
import type Stripe from "stripe";
import { order } from "@/db/schema";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toWholeCents } from "@/server/platform/money";
import type { BillingDeps } from "../create-order";
import { isPayable } from "../order-states";
import { moveOrder, type Order, readOrder } from "../orders";
import { isUndecided, required, toUnavailable } from "./access";
import { requireFewDeclines } from "./card-testing";
import { findCustomer, provideCustomer } from "./customer";

export interface CheckoutRequest {
  readonly organizationId: string;
  readonly userId: string;
  readonly orderId: string;
  /** Public address of the site, without a slash at its end. */
  readonly appUrl: string;
}

/**
 * Stripe's page where the order is paid. One order has one checkout: asked again, it is the same page.
 * @throws AppError not_found, conflict (the order cannot be paid there any more), rate_limit_exceeded (too many declined
 *   cards), service_unavailable
 */
export async function openCheckout(
  db: Database,
  deps: BillingDeps,
  request: CheckoutRequest,
): Promise<{ readonly url: string }> {
  const found = await readOrder(db, request, deps.clock);
  const stripe = required(deps.stripe);
  if (found.paymentMethod !== "card" || !isPayable(found.status))
    throw new AppError("conflict", { message: "This order cannot be paid by card any more." });
  await requireFewDeclines(db, deps.clock, request);
  const [row] = await db.select({ savesCard: order.savesCard }).from(order).where(eq(order.id, found.id));
  const session = await provideCustomer(db, stripe, request)
    .then((customer) =>
      stripe.api.checkout.sessions.create(
        sessionOf(found, { ...request, customer, savesCard: row?.savesCard === true }),
        { idempotencyKey: found.id },
      ),
    )
    .catch((reason: unknown) => Promise.reject(toUnavailable(reason)));
  const isOpen = await db.transaction(async (tx) => {
    await tx
      .update(order)
      .set({ stripeSessionId: session.id })
      .where(and(eq(order.id, found.id), eq(order.organizationId, request.organizationId)));
    const moved = await moveOrder(tx, { ...request, event: "checkout_opened" }, deps.clock);
    return moved !== null || isPayable((await readOrder(tx, request, deps.clock)).status);
  });
  // Withdrawn while its checkout was made. One that cannot be closed is paid already, and credited.
  if (!isOpen) await stripe.api.checkout.sessions.expire(session.id).catch(() => {});
  if (!session.url || !isOpen)
    throw new AppError("conflict", { message: "The checkout of this order has ended." });
  return { url: session.url };
}

/**
 * Closes the checkout of an order, if one was opened: then it cannot be paid there any more.
 * @throws AppError conflict (it was paid at this moment), service_unavailable
 */
export async function closeCheckout(
  db: Executor,
  deps: Pick<BillingDeps, "stripe">,
  orderId: string,
): Promise<void> {
  const [row] = await db.select({ session: order.stripeSessionId }).from(order).where(eq(order.id, orderId));
  if (!row?.session) return;
  const { sessions } = required(deps.stripe).api.checkout;
  const unavailable = (reason: unknown) => Promise.reject(toUnavailable(reason));
  try {
    await sessions.expire(row.session);
  } catch (reason) {
    if (isUndecided(reason)) throw toUnavailable(reason);
    // Not open any more: it has lapsed, or somebody paid.
    const { status } = await sessions.retrieve(row.session).catch(unavailable);
    if (status === "complete")
      throw new AppError("conflict", { message: "This order was paid at this moment. It is credited soon." });
  }
}

function sessionOf(
  found: Order,
  input: CheckoutRequest & { readonly customer: string; readonly savesCard: boolean },
): Stripe.Checkout.SessionCreateParams {
  const metadata = { order_id: found.id, organization_id: input.organizationId };
  const back = `${input.appUrl}/dashboard/billing?order=${found.id}`;
  return {
    mode: "payment",
    customer: input.customer,
    client_reference_id: found.id,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: "usd",
          unit_amount: Number(toWholeCents(found.amountNanoUsd)),
          product_data: { name: "Prepaid API balance" },
        },
      },
    ],
    // The amount that is credited is the amount in dollars: no other currency is offered.
    adaptive_pricing: { enabled: false },
    tax_id_collection: { enabled: true },
    customer_update: { name: "auto", address: "auto" },
    billing_address_collection: "auto",
    invoice_creation: { enabled: true, invoice_data: { metadata } },
    payment_intent_data: {
      metadata,
      description: `Top-up ${found.id}`,
      ...(input.savesCard && { setup_future_usage: "off_session" as const }),
    },
    metadata,
    success_url: back,
    cancel_url: `${back}&left=1`,
  };
}

/**
 * Stripe's portal, where invoices, cards and tax ids are managed.
 * @throws AppError not_found while the organization has never paid there, service_unavailable
 */
export async function openPortal(
  db: Database,
  deps: BillingDeps,
  request: { readonly organizationId: string; readonly appUrl: string },
): Promise<{ readonly url: string }> {
  const stripe = required(deps.stripe);
  const customer = await findCustomer(db, request.organizationId);
  if (!customer) throw new AppError("not_found", { message: "There is no payment to manage yet." });
  const { url } = await stripe.api.billingPortal.sessions
    .create({ customer, return_url: `${request.appUrl}/dashboard/billing` })
    .catch((reason: unknown) => Promise.reject(toUnavailable(reason)));
  return { url };
}

export interface SavedCard {
  readonly id: string;
  readonly brand: string;
  readonly last4: string;
  readonly expires: string;
}

/** The card that was kept last, or null. @throws AppError service_unavailable */
export async function readSavedCard(
  db: Database,
  deps: BillingDeps,
  organizationId: string,
): Promise<SavedCard | null> {
  if (!deps.stripe) return null;
  const customer = await findCustomer(db, organizationId);
  if (!customer) return null;
  const { data } = await deps.stripe.api.customers
    .listPaymentMethods(customer, { type: "card", limit: 1 })
    .catch((reason: unknown) => Promise.reject(toUnavailable(reason)));
  const [method] = data;
  if (!method?.card) return null;
  const { brand, last4, exp_month: month, exp_year: year } = method.card;
  return { id: method.id, brand, last4, expires: `${String(month).padStart(2, "0")}/${year}` };
}
