import { describe, expect, it } from "vitest";
import { linkWith, toFilterInput } from "./filters";

describe("filters in a link", () => {
  it("are those that are set, days as days", () => {
    const values = { model: "a/b", key: null, search: "", from: new Date("2026-11-01T00:00:00Z") };
    expect(toFilterInput(values)).toEqual({ model: "a/b", from: "2026-11-01" });
    expect(linkWith("/dashboard/usage", values)).toBe("/dashboard/usage?model=a%2Fb&from=2026-11-01");
    expect(linkWith("/dashboard/usage", { model: null })).toBe("/dashboard/usage");
  });
});
