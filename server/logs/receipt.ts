import type { AttemptRecord, PriceLine } from "@/db/schema";
import type { Buckets } from "@/server/ledger";
import { type NanoUsd, roundPriceSum } from "@/server/platform/money";

/** One line: quantity × price = amount. */
export interface ReceiptLine {
  readonly unit: string;
  /** The unit whose price applied, where it is not the line's own. */
  readonly pricedAs: string;
  readonly quantity: bigint;
  readonly priceNanoUsdPerMillion: NanoUsd;
  readonly aboveContextTokens: number;
  /** Exact, not rounded: millionths of a nano-USD. Only the sum of all lines is rounded. */
  readonly amountMillionthNanoUsd: bigint;
}

/** Why a request cost what it cost. `costNanoUsd` + `overrunNanoUsd` is the rounded sum of the lines. */
export interface Receipt {
  readonly lines: readonly ReceiptLine[];
  readonly sumMillionthNanoUsd: bigint;
  /** The sum rounded up, once, to a whole nano-USD. */
  readonly roundedNanoUsd: NanoUsd;
  readonly costNanoUsd: NanoUsd;
  /** Above the hold: borne by the platform, never charged. */
  readonly overrunNanoUsd: NanoUsd;
  /** Charged afterwards, when the true cost of an expired request became known. */
  readonly correctedNanoUsd: NanoUsd;
  /** Which buckets paid; they come to `costNanoUsd` + `correctedNanoUsd`. */
  readonly paidFrom: Buckets;
  readonly basis: "provider" | "counted" | "checkpoint";
  readonly priceVersionId: string;
  readonly endpointId: string;
  readonly settledAt: Date;
}

export interface Attempt extends AttemptRecord {
  readonly providerName: string;
  readonly isSimulated: boolean;
}

export interface RecordedUsage {
  readonly lines: readonly PriceLine[];
  readonly costNanoUsd: NanoUsd;
  readonly overrunNanoUsd: NanoUsd;
  readonly correctedNanoUsd: NanoUsd;
  readonly paidFrom: Buckets;
  readonly basis: Receipt["basis"];
  readonly priceVersionId: string;
  readonly endpointId: string;
  readonly settledAt: Date;
}

/** A usage record as a receipt: the same facts with the arithmetic spelled out. */
export function toReceipt({ lines: recorded, ...usage }: RecordedUsage): Receipt {
  const lines = recorded.map((line) => {
    const quantity = BigInt(line.quantity);
    const price = BigInt(line.priceNanoUsdPerMillion);
    return {
      unit: line.unit,
      pricedAs: line.pricedAs,
      quantity,
      priceNanoUsdPerMillion: price,
      aboveContextTokens: line.aboveContextTokens,
      amountMillionthNanoUsd: quantity * price,
    };
  });
  const sum = lines.reduce((total, line) => total + line.amountMillionthNanoUsd, 0n);
  return { ...usage, lines, sumMillionthNanoUsd: sum, roundedNanoUsd: roundPriceSum(sum) };
}
