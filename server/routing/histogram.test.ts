import fc from "fast-check";
import { expect, it } from "vitest";
import { addTo, mergeInto, quantile } from "./histogram";

it("knows quantiles to within an eighth, alone and merged", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 1_000_000 }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const [one, two, all]: Record<number, number>[] = [{}, {}, {}];
        for (const [at, value] of values.entries()) addTo(at % 2 ? (one ?? {}) : (two ?? {}), value);
        mergeInto(all ?? {}, one ?? {});
        mergeInto(all ?? {}, two ?? {});
        const sorted = [...values].sort((a, b) => a - b);
        for (const share of [0.5, 0.95]) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          const found = quantile(all ?? {}, share) ?? 0;
          expect(found / exact).toBeGreaterThan(0.87);
          expect(found / exact).toBeLessThan(1.13);
        }
      },
    ),
  );
  expect(quantile({}, 0.5)).toBeNull();
});
