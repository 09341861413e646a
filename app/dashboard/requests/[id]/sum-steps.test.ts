// Harm prevented: a receipt whose rows do not come to what was charged.
import { describe, expect, it } from "vitest";
import { toSumSteps } from "./sum-steps";

const plain = {
  sumMillionthNanoUsd: 196_800_000_000n,
  roundedNanoUsd: 196_800n,
  overrunNanoUsd: 0n,
  correctedNanoUsd: 0n,
  costNanoUsd: 196_800n,
};

describe("the steps from lines to charge", () => {
  it("is one when nothing was rounded, capped or corrected", () => {
    expect(toSumSteps(plain).map(({ name }) => name)).toEqual(["Charged"]);
  });

  it("always adds up", () => {
    const rounded = { ...plain, sumMillionthNanoUsd: 196_799_500_000n };
    const capped = { ...plain, overrunNanoUsd: 96_800n, costNanoUsd: 100_000n };
    const corrected = {
      ...plain,
      sumMillionthNanoUsd: 0n,
      roundedNanoUsd: 0n,
      costNanoUsd: 0n,
      correctedNanoUsd: 7n,
    };
    for (const sums of [rounded, capped, corrected]) {
      const steps = toSumSteps(sums);
      const total = steps.at(-1);
      const sum = steps.slice(0, -1).reduce((amount, step) => amount + step.amount, 0n);
      expect(total?.isTotal).toBe(true);
      expect(sum).toBe(total?.amount);
    }
  });
});
