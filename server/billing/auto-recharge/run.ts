import { and, eq, sql } from "drizzle-orm";
import Stripe from "stripe";
import { recharge } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import { toWholeCents } from "@/server/platform/money";
import { isUndecided, type StripeAccess } from "../stripe/access";
import { findCustomer } from "../stripe/customer";
import { settlePayment, toPayment } from "../stripe/settle";
import { failRecharge } from "./outcome";

/** Stripe forgets an idempotency key after a day: before that, an unanswered charge is given up, never made again. */
const GIVE_UP_AFTER_MS = 20 * 60 * 60 * 1_000;
const BATCH = 50;

type Recharge = typeof recharge.$inferSelect;
export interface RechargeDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly stripe: StripeAccess;
}

/** Begins a top-up for every organization whose balance is below its threshold, where a lease did not do so already. */
export async function requestRecharges(db: Database): Promise<number> {
  const { rows } = await db.execute<{ id: string | null }>(sql`
    SELECT request_recharge(organization_id) AS id FROM auto_recharge WHERE is_enabled AND paused_reason IS NULL`);
  return rows.filter(({ id }) => id !== null).length;
}

/** Charges what was begun. Any number at once charge once: the top-up's id is Stripe's idempotency key. */
export async function chargeRecharges(deps: RechargeDeps): Promise<number> {
  const pending = await deps.db.select().from(recharge).where(eq(recharge.status, "pending")).limit(BATCH);
  for (const row of pending) await charge(deps, row);
  return pending.length;
}

async function charge(deps: RechargeDeps, row: Recharge): Promise<void> {
  const { db, clock, stripe } = deps;
  const fail = (reason: string) => db.transaction((tx) => failRecharge(tx, clock, row.id, reason));
  if (clock.nowMs() - row.createdAt.getTime() > GIVE_UP_AFTER_MS) return void (await fail("unconfirmed"));
  try {
    const customer = await findCustomer(db, row.organizationId);
    const card = customer && (await chosenCard(deps, row, customer));
    if (!customer || !card) return void (await fail("no_card"));
    const intent = await stripe.api.paymentIntents.create(
      {
        amount: Number(toWholeCents(row.amountNanoUsd)),
        currency: "usd",
        customer,
        payment_method: card,
        off_session: true,
        confirm: true,
        description: `Automatic top-up ${row.orderId}`,
        metadata: { order_id: row.orderId, organization_id: row.organizationId, recharge_id: row.id },
        expand: ["latest_charge"],
      },
      { idempotencyKey: row.id },
    );
    if (intent.status === "requires_action") {
      // The owner pays anew by the link in the mail: this one must not be confirmed beside it.
      await stripe.api.paymentIntents.cancel(intent.id);
      await fail("authentication_required");
    }
    if (intent.status === "succeeded")
      await db.transaction((tx) =>
        settlePayment(tx, { clock, livemode: stripe.livemode }, toPayment(intent)),
      );
  } catch (reason) {
    // Undecided: it stays pending, and the next run asks again under the same key.
    if (!isUndecided(reason)) await fail(codeOf(reason));
  }
}

/** The card kept last, chosen at the first try and kept with the top-up. */
async function chosenCard(
  { db, stripe }: RechargeDeps,
  row: Recharge,
  customer: string,
): Promise<string | null> {
  if (row.paymentMethodId) return row.paymentMethodId;
  const { data } = await stripe.api.customers.listPaymentMethods(customer, { type: "card", limit: 1 });
  const [method] = data;
  if (!method) return null;
  const [kept] = await db
    .update(recharge)
    .set({ paymentMethodId: sql`coalesce(${recharge.paymentMethodId}, ${method.id})` })
    .where(and(eq(recharge.id, row.id), eq(recharge.status, "pending")))
    .returning({ id: recharge.paymentMethodId });
  return kept?.id ?? null;
}

function codeOf(reason: unknown): string {
  return reason instanceof Stripe.errors.StripeError ? (reason.code ?? "card_declined") : "card_declined";
}
