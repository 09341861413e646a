// Harm prevented: a team that is told it has weeks when it has hours.
import { expect, it } from "vitest";
import { forecast } from "./runway";

const USD = 1_000_000_000n;
const NOW = Date.parse("2026-11-25T00:00:00Z");

it("is the balance by the spend of a day, rounded down to a tenth", () => {
  expect(forecast(10n * USD, 3n * USD, NOW)).toEqual({
    dailySpendNanoUsd: 3n * USD,
    days: 3.3,
    emptyAt: new Date(NOW + 3.3 * 86_400_000),
  });
});

it.each([
  ["nothing is spent", 10n * USD, 0n, null],
  ["it is more than a year", 1_000n * USD, USD, null],
  ["nothing is left", 0n, USD, 0],
  ["it is owed", -5n * USD, USD, 0],
] as const)("when %s", (_, total, daily, days) => {
  expect(forecast(total, daily, NOW).days).toBe(days);
});
