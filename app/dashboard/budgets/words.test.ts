import { expect, it } from "vitest";
import { parseThresholds } from "./words";

// Harm: an alert that is set at something else than what was typed.
it("reads thresholds as typed, or not at all", () => {
  expect(parseThresholds("50, 80, 100")).toEqual([50, 80, 100]);
  expect(parseThresholds("50% 80%")).toEqual([50, 80]);
  expect(parseThresholds(" ")).toEqual([]);
  for (const wrong of ["0", "101", "50.5", "half", "-1", "1e3"]) expect(parseThresholds(wrong)).toBeNull();
});
