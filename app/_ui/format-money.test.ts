// Harm prevented: a page that shows an amount which is not the amount, or hides that it was rounded.
import { describe, expect, it } from "vitest";
import { formatMoney } from "./format-money";

describe("formatMoney", () => {
  it.each([
    [0n, "$0.00", true],
    [1n, "<$0.0001", false],
    [50_000n, "$0.0001", false],
    [196_800n, "$0.0002", false],
    [1_600_000n, "$0.0016", true],
    [400_000_000n, "$0.40", true],
    [999_999_999n, "$1.00", false],
    [1_005_000_000n, "$1.01", false],
    [1_234_567_500_000_000n, "$1,234,567.50", true],
    [-500_000_000n, "−$0.50", true],
    [-1n, "−<$0.0001", false],
  ])("writes %s nano-USD as %s", (amount, text, isExact) => {
    expect(formatMoney(amount)).toMatchObject({ text, isExact });
  });

  it("knows the other precisions", () => {
    expect(formatMoney(10_000_000_000n, "whole").text).toBe("$10");
    expect(formatMoney(49_999_818_800n, "fine")).toMatchObject({ text: "$49.9998", isExact: false });
    expect(formatMoney(20_000_000_000n, "fine")).toMatchObject({ text: "$20.00", isExact: true });
    expect(formatMoney(5_000_000_000_000n, "whole").text).toBe("$5,000");
    expect(formatMoney(25_500_000_000n, "cents").text).toBe("$25.50");
    expect(formatMoney(196_800n, "full")).toEqual({
      text: "$0.0001968",
      exact: "0.0001968 USD",
      isExact: true,
    });
  });
});
