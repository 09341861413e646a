/** Amounts of a receipt: millionths of a nano-USD for exact sums, nano-USD for what is booked. */
export interface ReceiptSums {
  readonly sumMillionthNanoUsd: bigint;
  readonly roundedNanoUsd: bigint;
  readonly overrunNanoUsd: bigint;
  readonly correctedNanoUsd: bigint;
  readonly costNanoUsd: bigint;
}

export interface SumStep {
  readonly name: string;
  /** Millionths of a nano-USD; negative where it is taken off. */
  readonly amount: bigint;
  readonly isTotal: boolean;
}

const MILLIONTHS = 1_000_000n;

/** From the sum of the lines to what was charged, only the steps that changed something. */
export function toSumSteps(sums: ReceiptSums): readonly SumStep[] {
  const charged = (sums.costNanoUsd + sums.correctedNanoUsd) * MILLIONTHS;
  const total = { name: "Charged", amount: charged, isTotal: true };
  if (sums.sumMillionthNanoUsd === charged) return [total];
  const rounding = sums.roundedNanoUsd * MILLIONTHS - sums.sumMillionthNanoUsd;
  const steps = [
    { name: "Sum of the lines", amount: sums.sumMillionthNanoUsd },
    { name: "Rounded up to a whole nano-dollar", amount: rounding },
    { name: "Above the reserved amount, borne by us", amount: -sums.overrunNanoUsd * MILLIONTHS },
    { name: "Charged when the true usage was known", amount: sums.correctedNanoUsd * MILLIONTHS },
  ];
  return [
    ...steps
      .filter((step, index) => index === 0 || step.amount !== 0n)
      .map((step) => ({ ...step, isTotal: false })),
    total,
  ];
}
