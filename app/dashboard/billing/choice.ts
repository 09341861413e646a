import {
  CUSTOM_PACK,
  MAX_ORDER_NANO_USD,
  MAX_SELF_SERVE_NANO_USD,
  MIN_ORDER_NANO_USD,
  PACKS,
} from "@/server/billing/packs";
import { type NanoUsd, parseUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";

/** What the form stands at, before the server has the last word. */
export interface Choice {
  readonly pack: string;
  readonly amountText: string;
}

export interface JudgedChoice {
  /** Null while the text is no amount that can be ordered. */
  readonly amountNanoUsd: NanoUsd | null;
  readonly needsReview: boolean;
  readonly problem: string | null;
}

/** Packs that can be ordered here; the others start with a conversation. */
export const ORDERABLE_PACKS = PACKS.filter((pack) => pack.path !== "contact");
const DEFAULT_PACK = PACKS.find((pack) => pack.isDefault) ?? PACKS[0];

/** The form's first state from the address: `?pack=scale`, or `?amount=25` for a custom amount; else the default pack. */
export function choiceFrom(pack: string | null, amount: string | null): Choice {
  if (amount !== null && parseUsd(amount) !== null) return { pack: CUSTOM_PACK, amountText: amount };
  const known = ORDERABLE_PACKS.find((candidate) => candidate.slug === pack);
  return {
    pack: known?.slug ?? (pack === CUSTOM_PACK ? CUSTOM_PACK : (DEFAULT_PACK?.slug ?? CUSTOM_PACK)),
    amountText: "",
  };
}

/** The rules of an order as the form explains them. The same numbers as on the server, which decides. */
export function judge({ pack: slug, amountText }: Choice): JudgedChoice {
  const pack = PACKS.find((candidate) => candidate.slug === slug);
  if (pack) {
    return { amountNanoUsd: pack.amountNanoUsd, needsReview: pack.path === "review", problem: null };
  }
  const amountNanoUsd = parseUsd(amountText);
  const problem = amountProblem(amountNanoUsd);
  if (problem !== null || amountNanoUsd === null) return { amountNanoUsd: null, needsReview: false, problem };
  return { amountNanoUsd, needsReview: amountNanoUsd > MAX_SELF_SERVE_NANO_USD, problem: null };
}

function amountProblem(amount: NanoUsd | null): string | null {
  if (amount === null || toWholeCents(amount) === null)
    return "Enter dollars and whole cents, such as 25 or 25.50.";
  if (amount < MIN_ORDER_NANO_USD) return `The smallest amount is $${toDecimalUsd(MIN_ORDER_NANO_USD, 0)}.`;
  if (amount > MAX_ORDER_NANO_USD) return `The largest amount is $${toDecimalUsd(MAX_ORDER_NANO_USD, 0)}.`;
  return null;
}
