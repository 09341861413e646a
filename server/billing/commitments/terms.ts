import { fromCents, type NanoUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";

/** How often a commitment is paid: periods in a year, and the months of each. */
export const SCHEDULES = {
  monthly: { label: "every month", periodsPerYear: 12n, months: 1 },
  quarterly: { label: "every quarter", periodsPerYear: 4n, months: 3 },
  annual: { label: "once a year", periodsPerYear: 1n, months: 12 },
} as const;
export type Schedule = keyof typeof SCHEDULES;

/** What we owe a committed customer beside the credit. Times are first answers, around the clock for outages. */
export const SLA_TIERS = {
  standard: { label: "Standard", promise: "99.5 % monthly availability, answers within one business day" },
  priority: { label: "Priority", promise: "99.9 % monthly availability, answers within four hours" },
  dedicated: {
    label: "Dedicated",
    promise: "99.95 % monthly availability, answers within one hour, capacity set aside as agreed",
  },
} as const;
export type SlaTier = keyof typeof SLA_TIERS;

export const MIN_YEARLY_NANO_USD: NanoUsd = fromCents(12_000_00n);
/** Stripe takes no single amount of a million dollars or more, and a year may be one payment. */
export const MAX_YEARLY_NANO_USD: NanoUsd = fromCents(999_999_00n);
export const MAX_DISCOUNT_BASIS_POINTS = 5_000;
/** Terms are agreed by the year. */
const TERM_YEARS = 1;

export interface CommitmentTerms {
  readonly yearlyNanoUsd: NanoUsd;
  readonly discountBasisPoints: number;
  readonly schedule: Schedule;
  readonly slaTier: SlaTier;
}

/**
 * One period: what is credited, and what is paid for it, rounded down to whole cents. Null when the year does not divide
 * into whole cents.
 */
export function periodOf(terms: CommitmentTerms): { creditNanoUsd: NanoUsd; priceNanoUsd: NanoUsd } | null {
  const { periodsPerYear } = SCHEDULES[terms.schedule];
  const creditNanoUsd = terms.yearlyNanoUsd / periodsPerYear;
  const cents = toWholeCents(creditNanoUsd);
  if (cents === null || creditNanoUsd * periodsPerYear !== terms.yearlyNanoUsd) return null;
  const priceCents = (cents * BigInt(10_000 - terms.discountBasisPoints)) / 10_000n;
  return { creditNanoUsd, priceNanoUsd: fromCents(priceCents) };
}

/** What the customer agrees to, word for word as it is shown and kept. */
export function commitmentText(terms: CommitmentTerms): string {
  const period = periodOf(terms);
  if (!period) return "";
  const usd = (amount: NanoUsd) => `$${toDecimalUsd(amount)}`;
  return [
    `My organization commits to ${usd(terms.yearlyNanoUsd)} a year: ${usd(period.priceNanoUsd)} is paid`,
    `${SCHEDULES[terms.schedule].label}, and ${usd(period.creditNanoUsd)} is credited each time it is paid.`,
    "It renews by the year until it is canceled, and a cancellation takes effect at the end of the running year.",
  ].join(" ");
}

/** `5.25` % as 525. Null for what is no percentage with at most two decimals. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(text.trim());
  return match?.[1] ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}

/** The same day of a later month in UTC, or its last day where there is none: Stripe counts periods like this. */
export function addMonthsUtc(from: Date, months: number): Date {
  const moved = new Date(from);
  moved.setUTCDate(1);
  moved.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return moved;
}

/** The year of a commitment that runs at an instant, counted from its start. */
export function termAt(startedAt: Date, atMs: number): { readonly start: Date; readonly end: Date } {
  for (let year = 0; ; year += TERM_YEARS) {
    const end = addMonthsUtc(startedAt, (year + TERM_YEARS) * 12);
    if (atMs < end.getTime()) return { start: addMonthsUtc(startedAt, year * 12), end };
  }
}
