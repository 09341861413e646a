import { sql } from "drizzle-orm";
import { providerInvoice } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { fromCents } from "@/server/platform/money";

/** Days in UTC, `YYYY-MM-DD`, both included. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

export interface ProviderInvoice {
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  readonly amountNanoUsd: bigint;
  readonly reference?: string;
}

/** Enters what a provider charged for a day and model. Entered again, the later amount counts. */
export async function enterInvoice(db: Executor, invoice: ProviderInvoice): Promise<void> {
  const amount = { amount: invoice.amountNanoUsd, reference: invoice.reference ?? null };
  await db
    .insert(providerInvoice)
    .values({ day: invoice.day, providerSlug: invoice.provider, modelSlug: invoice.model, ...amount })
    .onConflictDoUpdate({
      target: [providerInvoice.day, providerInvoice.providerSlug, providerInvoice.modelSlug],
      set: amount,
    });
}

export interface ProviderLine {
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  readonly invoicedNanoUsd: bigint;
  /** Our own supplier cost of the same day, provider and model. */
  readonly countedNanoUsd: bigint;
  /** I14: the two differ by at most 0.5 % of the invoice. */
  readonly isWithinTolerance: boolean;
}

/** I14 for every invoice of the span. Days without an invoice are not judged. */
export async function reconcileProviders(db: Executor, span: DaySpan): Promise<readonly ProviderLine[]> {
  const { rows } = await db.execute<{
    day: string;
    provider: string;
    model: string;
    invoiced: bigint;
    counted: bigint;
  }>(sql`
    SELECT i.day::text AS day, i.provider_slug AS provider, i.model_slug AS model, i.amount AS invoiced,
      coalesce((SELECT sum(h.supplier_cost) FROM usage_by_hour h WHERE h.provider_slug = i.provider_slug AND h.model_slug = i.model_slug
        AND h.hour >= i.day::timestamp AT TIME ZONE 'UTC' AND h.hour < (i.day + 1)::timestamp AT TIME ZONE 'UTC'), 0)::bigint AS counted
    FROM provider_invoice i WHERE i.day BETWEEN ${span.from}::date AND ${span.to}::date
    ORDER BY i.day, i.provider_slug, i.model_slug`);
  return rows.map(({ day, provider, model, invoiced, counted }) => {
    const difference = counted > invoiced ? counted - invoiced : invoiced - counted;
    return {
      day,
      provider,
      model,
      invoicedNanoUsd: invoiced,
      countedNanoUsd: counted,
      isWithinTolerance: difference * 200n <= invoiced,
    };
  });
}

/** One balance transaction as Stripe lists it: signed cents of USD, created in seconds since 1970. */
export interface BalanceTransaction {
  readonly id: string;
  readonly type: string;
  readonly amount: number;
  readonly created: number;
}

export interface PaymentDay {
  readonly day: string;
  readonly stripeNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
  /** I13. A payment near midnight may be booked a day later: then the next day differs by the opposite. */
  readonly isEqual: boolean;
}

/** Moves of Stripe's own, which no transfer of a customer answers to. */
const NOT_OURS = new Set([
  "payout",
  "payout_cancel",
  "payout_failure",
  "stripe_fee",
  "topup",
  "topup_reversal",
]);

/**
 * I13 per UTC day: what went through Stripe against what our clearing account says, with the frozen amounts of disputes,
 * which have left Stripe's balance too. Days with neither are left out.
 */
export async function reconcilePayments(
  db: Executor,
  transactions: readonly BalanceTransaction[],
  span: DaySpan,
): Promise<readonly PaymentDay[]> {
  const { rows } = await db.execute<{ day: string; amount: bigint }>(sql`
    SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
      sum(CASE WHEN debit IN ('clearing', 'frozen') THEN amount ELSE 0 END
        - CASE WHEN credit IN ('clearing', 'frozen') THEN amount ELSE 0 END)::bigint AS amount
    FROM transfer WHERE (debit IN ('clearing', 'frozen') OR credit IN ('clearing', 'frozen'))
      AND created_at >= ${span.from}::timestamp AT TIME ZONE 'UTC' AND created_at < (${span.to}::date + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY 1`);
  const ledger = new Map(rows.map(({ day, amount }) => [day, amount]));
  const stripe = new Map<string, bigint>();
  for (const { type, amount, created } of transactions) {
    const day = new Date(created * 1_000).toISOString().slice(0, 10);
    if (NOT_OURS.has(type) || day < span.from || day > span.to) continue;
    stripe.set(day, (stripe.get(day) ?? 0n) + fromCents(BigInt(amount)));
  }
  return [...new Set([...ledger.keys(), ...stripe.keys()])].sort().map((day) => {
    const stripeNanoUsd = stripe.get(day) ?? 0n;
    const ledgerNanoUsd = ledger.get(day) ?? 0n;
    return { day, stripeNanoUsd, ledgerNanoUsd, isEqual: stripeNanoUsd === ledgerNanoUsd };
  });
}
