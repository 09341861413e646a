import { fromCents, type NanoUsd, toDecimalUsd } from "@/server/platform/money";

/** Below this the bank's fees are out of proportion. */
export const MIN_PAYOUT_NANO_USD: NanoUsd = fromCents(50_00n);
export const MIN_CONVERSION_NANO_USD: NanoUsd = fromCents(1_00n);
/** A visitor who came by a link counts as referred when they sign up within so many days. */
export const REFERRAL_DAYS = 60;

export interface PartnerRules {
  readonly commissionBasisPoints: number;
  readonly commissionMonths: number;
  readonly holdDays: number;
}

/** What a partner gets who has agreed nothing else with us. */
export const STANDARD_RULES: PartnerRules = {
  commissionBasisPoints: 1_000,
  commissionMonths: 12,
  holdDays: 30,
};

/** What a partner agrees to, word for word as it is shown and kept. */
export function partnerText(rules: PartnerRules): string {
  return [
    `My organization earns ${rules.commissionBasisPoints / 100} % of what organizations pay that signed up by its link,`,
    `for ${rules.commissionMonths} months after each sign-up. What is refunded or disputed earns nothing.`,
    `Commission can be paid out after ${rules.holdDays} days, from $${toDecimalUsd(MIN_PAYOUT_NANO_USD, 0)} on,`,
    "or kept as balance. Organizations that share a member with mine earn nothing.",
  ].join(" ");
}
