import { and, eq } from "drizzle-orm";
import { order } from "@/db/schema";
import type { Role } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { type NanoUsd, parseUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { needsApproval } from "./approvals";
import { mailOfOrder } from "./order-mails";
import { type Order, orderColumns, tellOf, toOrder } from "./orders";
import { CUSTOM_PACK, MAX_ORDER_NANO_USD, MAX_SELF_SERVE_NANO_USD, MIN_ORDER_NANO_USD, PACKS } from "./packs";
import type { StripeAccess } from "./stripe/access";
import { requireModeration } from "./stripe/card-testing";

export interface BillingDeps {
  readonly clock: Clock;
  /** Null when Stripe is not configured: no card, no invoice. */
  readonly stripe: StripeAccess | null;
  /** False in production, always: then nothing can be paid by the sandbox. */
  readonly sandboxPayments: boolean;
}

export interface NewOrder {
  readonly organizationId: string;
  readonly userId: string;
  /** Of the buyer: an owner's order never waits for approval. */
  readonly role: Role;
  /** Slug of a pack, or `custom`. */
  readonly pack: string;
  /** Plain decimal USD, whole cents. Only for `custom` and for packs that are open-ended. */
  readonly amountUsd?: string | undefined;
  /** Made in the browser once per intention to buy: the same key is the same order. */
  readonly attemptKey: string;
  /** Keep the card for later payments, as the buyer asked. */
  readonly savesCard?: boolean;
}

const ATTEMPT_KEY = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * Places an order: ready to be paid up to $5,000, in review above it and for packs sold by invoice; before either, waiting
 * for an owner or admin where the organization's policy says so.
 * @throws AppError invalid_request (pack, amount, attempt key), conflict (attempt key used for something else),
 *   service_unavailable (no payment method is configured), rate_limit_exceeded (too many card orders: see card-testing)
 */
export async function createOrder(db: Database, deps: BillingDeps, input: NewOrder): Promise<Order> {
  if (!ATTEMPT_KEY.test(input.attemptKey)) throw invalid("attemptKey", "The attempt key is not valid.");
  const { amountNanoUsd, needsReview } = readAmount(input.pack, input.amountUsd);
  const online = deps.stripe ? "card" : deps.sandboxPayments ? "sandbox" : null;
  if (!needsReview && online === null) {
    throw new AppError("service_unavailable", {
      message: "Online payment is not configured here. Larger amounts can be ordered by invoice.",
    });
  }
  const created = await db.transaction(async (tx) => {
    const waits = await needsApproval(tx, { ...input, amountNanoUsd });
    const status = waits ? "awaiting_approval" : needsReview ? "in_review" : "created";
    const [row] = await tx
      .insert(order)
      .values({
        id: newId("order"),
        organizationId: input.organizationId,
        createdByUserId: input.userId,
        pack: input.pack,
        amountNanoUsd,
        status,
        paymentMethod: needsReview || online === null ? "invoice" : online,
        attemptKey: input.attemptKey,
        savesCard: input.savesCard === true,
        createdAt: new Date(deps.clock.nowMs()),
      })
      .onConflictDoNothing({ target: [order.organizationId, order.attemptKey] })
      .returning(orderColumns);
    if (!row) return undefined;
    await tellOf(tx, `order.${status}`, input.organizationId, row);
    if (status === "in_review")
      await mailOfOrder(tx, deps.clock, "order_in_review", { ...row, organizationId: input.organizationId });
    if (row.paymentMethod === "card") await requireModeration(tx, deps.clock, input);
    return row;
  });
  if (created) return toOrder(created, deps.clock);
  return repeatedOrder(db, deps.clock, { ...input, amountNanoUsd });
}

/** The order that an earlier call with the same attempt key made, if it was for the same thing. */
async function repeatedOrder(
  db: Executor,
  clock: Clock,
  input: NewOrder & { readonly amountNanoUsd: NanoUsd },
): Promise<Order> {
  const [existing] = await db
    .select(orderColumns)
    .from(order)
    .where(and(eq(order.organizationId, input.organizationId), eq(order.attemptKey, input.attemptKey)));
  if (!existing || existing.amountNanoUsd !== input.amountNanoUsd || existing.pack !== input.pack) {
    throw new AppError("conflict", { message: "This attempt was already used for another order." });
  }
  return toOrder(existing, clock);
}

function readAmount(
  slug: string,
  text: string | undefined,
): { amountNanoUsd: NanoUsd; needsReview: boolean } {
  const pack = PACKS.find((candidate) => candidate.slug === slug);
  if (!pack && slug !== CUSTOM_PACK) throw invalid("pack", "There is no such pack.");
  if (pack?.path === "contact") throw invalid("pack", "This plan starts with a conversation. Contact us.");
  if (pack && !pack.isOpenEnded && text !== undefined) {
    throw invalid("amountUsd", "The amount of this pack is fixed. Order a custom amount instead.");
  }
  const amountNanoUsd = text === undefined ? (pack?.amountNanoUsd ?? null) : parseUsd(text);
  if (amountNanoUsd === null || toWholeCents(amountNanoUsd) === null) {
    throw invalid("amountUsd", "Enter an amount in US dollars and whole cents, such as 25 or 25.50.");
  }
  const minimum = pack?.amountNanoUsd ?? MIN_ORDER_NANO_USD;
  if (amountNanoUsd < minimum) {
    throw invalid("amountUsd", `The smallest amount is $${toDecimalUsd(minimum, 0)}.`);
  }
  if (amountNanoUsd > MAX_ORDER_NANO_USD) {
    throw invalid("amountUsd", `The largest amount is $${toDecimalUsd(MAX_ORDER_NANO_USD, 0)}.`);
  }
  return { amountNanoUsd, needsReview: pack?.path === "review" || amountNanoUsd > MAX_SELF_SERVE_NANO_USD };
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
