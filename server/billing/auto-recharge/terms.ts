import { fromCents, type NanoUsd, toDecimalUsd } from "@/server/platform/money";

/** No more automatic top-ups than this begin within 24 hours, whatever the threshold and the cap say. */
const MAX_RECHARGES_A_DAY = 5;
export const MIN_THRESHOLD_NANO_USD: NanoUsd = fromCents(1_00n);
export const MAX_THRESHOLD_NANO_USD: NanoUsd = fromCents(5_000_00n);
export const MAX_MONTHLY_CAP_NANO_USD: NanoUsd = fromCents(100_000_00n);

export interface RechargeTerms {
  readonly thresholdNanoUsd: NanoUsd;
  readonly amountNanoUsd: NanoUsd;
  readonly monthlyCapNanoUsd: NanoUsd;
}

/** What the payer agrees to, word for word as it is shown and kept. */
export function consentText(terms: RechargeTerms): string {
  const usd = (amount: NanoUsd) => `$${toDecimalUsd(amount)}`;
  return [
    `I allow DeepTokenInference to charge my saved card ${usd(terms.amountNanoUsd)} whenever the balance falls below`,
    `${usd(terms.thresholdNanoUsd)}, without asking again: at most ${usd(terms.monthlyCapNanoUsd)} a calendar month (UTC)`,
    `and ${MAX_RECHARGES_A_DAY} times in 24 hours. It pauses after a declined payment and starts again only by hand.`,
    "I can turn it off at any time.",
  ].join(" ");
}
