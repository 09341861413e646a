import type { BalanceTransaction } from "@/server/ledger";
import type { StripeAccess } from "./access";

/** More than this in one span is an installation that exports its transactions instead. */
const MAX_TRANSACTIONS = 50_000;

/**
 * What moved on our account at Stripe, for the comparison with our books.
 * @param span milliseconds since 1970, the end not included
 */
export async function listBalanceTransactions(
  stripe: StripeAccess,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly BalanceTransaction[]> {
  const created = { gte: Math.floor(span.fromMs / 1_000), lt: Math.floor(span.toMs / 1_000) };
  const found: BalanceTransaction[] = [];
  for await (const { id, type, amount, created: at } of stripe.api.balanceTransactions.list({
    created,
    limit: 100,
  })) {
    found.push({ id, type, amount, created: at });
    if (found.length >= MAX_TRANSACTIONS) break;
  }
  return found;
}
