// Harm prevented: a chart whose bars do not add up to the table under it.
import { expect, it } from "vitest";
import { barsOf, daysBetween, OTHER, seriesOf, TOP, type Usage, type UsageRow } from "./series";

const row = (day: string | null, model: string, requests: number): UsageRow => ({
  day,
  groups: { model },
  requests,
  failed: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0n,
  latency: { sumMs: requests * 100 * requests, count: requests },
  ttft: { sumMs: 0, count: 0 },
});
const models = Array.from({ length: TOP + 3 }, (_, index) => `m${index}`);
const usage: Usage = {
  days: models.map((model, index) => row("2026-11-02", model, index + 1)),
  totals: models.map((model, index) => row(null, model, index + 1)),
  before: [],
  names: {},
};

it("shows the largest on their own and everything else as one, with nothing lost", () => {
  const series = seriesOf(usage, "requests");
  expect(series).toHaveLength(TOP + 1);
  expect(series[0]?.id).toBe("g:m10");
  const [, bar] = barsOf(usage, "requests", daysBetween("2026-11-01", "2026-11-02"));
  expect(bar?.[OTHER]).toBe(1 + 2 + 3);
  const sum = series.reduce((total, { id }) => total + Number(bar?.[id] ?? 0), 0);
  expect(sum).toBe(66);
});

it("has a bar for days without use", () => {
  expect(barsOf(usage, "requests", daysBetween("2026-10-31", "2026-11-02")).map(({ day }) => day)).toEqual([
    "2026-10-31",
    "2026-11-01",
    "2026-11-02",
  ]);
});

it("shows the mean latency of every group, weighed by its requests", () => {
  const [, bar] = barsOf(usage, "latency", daysBetween("2026-11-01", "2026-11-02"));
  // m10 had 11 requests of 1,100 ms each; of the rest m0 to m2 had 1, 2 and 3 of 100, 200 and 300 ms.
  expect(bar?.["g:m10"]).toBe(1_100);
  expect(bar?.[OTHER]).toBe(Math.round((100 + 400 + 900) / 6));
});
