import { describe, expect, it } from "vitest";
import { placesOf, toExactUsd } from "./exact-amount";

describe("exact amounts", () => {
  it("keep every digit that counts", () => {
    expect(toExactUsd(0n)).toBe("0.00");
    expect(toExactUsd(1n)).toBe("0.000000000000001");
    expect(toExactUsd(-500_000_000_000_000n)).toBe("−0.50");
    expect(toExactUsd(196_800_000_000n)).toBe("0.0001968");
    expect(toExactUsd(1_500_000_000_000_000n)).toBe("1.50");
    expect(toExactUsd(196_800_000_000n, 9)).toBe("0.000196800");
    expect(placesOf([196_800_000_000n, 1_000_000_000_000_000n])).toBe(7);
    expect(placesOf([])).toBe(2);
    expect(toExactUsd(123_456_000_000_000_000_001n)).toBe("123456.000000000000001");
  });
});
