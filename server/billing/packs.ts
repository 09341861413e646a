import { fromCents, type NanoUsd } from "@/server/platform/money";

/** Self-serve bounds of one order, nano-USD. Above the maximum an order is reviewed and paid by invoice. */
export const MIN_ORDER_NANO_USD: NanoUsd = fromCents(10_00n);
export const MAX_SELF_SERVE_NANO_USD: NanoUsd = fromCents(5_000_00n);
/** Nobody types more than this on purpose; such sums are agreed with a person. */
export const MAX_ORDER_NANO_USD: NanoUsd = fromCents(1_000_000_00n);

export const CUSTOM_PACK = "custom";
/** Packs that nobody chooses: what an automatic top-up, and a paid period of a commitment, are on their orders. */
export const AUTO_RECHARGE_PACK = "auto_recharge";
export const COMMITMENT_PACK = "commitment";

/** An offer on the pricing page. */
export interface Pack {
  readonly slug: string;
  readonly name: string;
  readonly purpose: string;
  /** The prepaid balance it buys; the smallest one where `isOpenEnded`; null when it is agreed with a person. */
  readonly amountNanoUsd: NanoUsd | null;
  readonly isOpenEnded: boolean;
  readonly isDefault: boolean;
  /** checkout: paid at once. review: checked by us, then invoiced. contact: begins with a conversation. */
  readonly path: "checkout" | "review" | "contact";
}

/** All packs in the order in which they are shown. The only list of them. */
export const PACKS: readonly Pack[] = [
  {
    slug: "starter",
    name: "Starter",
    purpose: "API testing and small experiments.",
    amountNanoUsd: fromCents(10_00n),
    isOpenEnded: false,
    isDefault: false,
    path: "checkout",
  },
  {
    slug: "builder",
    name: "Builder",
    purpose: "Individual development and early prototypes.",
    amountNanoUsd: fromCents(50_00n),
    isOpenEnded: false,
    isDefault: true,
    path: "checkout",
  },
  {
    slug: "scale",
    name: "Scale",
    purpose: "Early production traffic with predictable balance.",
    amountNanoUsd: fromCents(200_00n),
    isOpenEnded: false,
    isDefault: false,
    path: "checkout",
  },
  {
    slug: "growth",
    name: "Growth",
    purpose: "Team production workloads and finance review.",
    amountNanoUsd: fromCents(1_000_00n),
    isOpenEnded: false,
    isDefault: false,
    path: "checkout",
  },
  {
    slug: "business",
    name: "Business",
    purpose: "Invoice, discount, and customer-success path.",
    amountNanoUsd: fromCents(5_000_00n),
    isOpenEnded: true,
    isDefault: false,
    path: "review",
  },
  {
    slug: "commit",
    name: "Commit",
    purpose: "Annual commitment, SLA, and dedicated capacity.",
    amountNanoUsd: null,
    isOpenEnded: true,
    isDefault: false,
    path: "contact",
  },
];
