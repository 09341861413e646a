import { describe, expect, it } from "vitest";
import { choiceFrom, judge } from "./choice";

describe("the top-up form", () => {
  it("starts at the default pack, or where the address says", () => {
    expect(choiceFrom(null, null)).toEqual({ pack: "builder", amountText: "" });
    expect(choiceFrom("scale", null).pack).toBe("scale");
    expect(choiceFrom("custom", null).pack).toBe("custom");
    expect(choiceFrom(null, "25.50")).toEqual({ pack: "custom", amountText: "25.50" });
    for (const pack of ["commit", "<script>", "__proto__", ""])
      expect(choiceFrom(pack, null).pack).toBe("builder");
    expect(choiceFrom("scale", "1e9").pack).toBe("scale");
  });

  it("judges amounts by the server's rules", () => {
    expect(judge({ pack: "custom", amountText: "10" })).toMatchObject({ needsReview: false, problem: null });
    expect(judge({ pack: "custom", amountText: "5000.01" })).toMatchObject({
      needsReview: true,
      problem: null,
    });
    for (const amountText of ["", "9.99", "10.001", "-5", "1e9", "1000000.01"]) {
      expect(judge({ pack: "custom", amountText }).problem).not.toBeNull();
    }
    expect(judge({ pack: "business", amountText: "" })).toMatchObject({ needsReview: true });
  });
});
