// Harm prevented: a chart that shows another price, or another day of its change, than the versions say.
import { describe, expect, it } from "vitest";
import { frameOf, type PublicVersion, stepPath } from "./price-steps";

const DAY_MS = 86_400_000;
const version = (day: number, input: bigint | null) =>
  ({
    priceVersionId: `prc_${day}`,
    effectiveFrom: new Date(day * DAY_MS),
    prices:
      input === null ? [] : [{ unit: "input", aboveContextTokens: 0, platformNanoUsdPerMillion: input }],
  }) as PublicVersion;
const line = (...versions: PublicVersion[]) => ({ provider: "Example", versions });
const box = { width: 100, height: 100 };

describe("price steps", () => {
  it("change in the moment that the version begins", () => {
    const own = line(version(0, 400n), version(50, 200n));
    const frame = frameOf([own], "input", 100 * DAY_MS);
    expect(frame).toEqual({ fromMs: 0, toMs: 100 * DAY_MS, topNanoUsd: 400n });
    expect(stepPath(own, "input", frame, box)).toBe("M0.0 0.0H50.0V50.0H100.0");
  });

  it("leave a gap where there was no price", () => {
    const own = line(version(0, 400n), version(25, null), version(50, 400n));
    expect(stepPath(own, "input", frameOf([own], "input", 100 * DAY_MS), box)).toBe(
      "M0.0 0.0H25.0M50.0 0.0H100.0",
    );
  });

  it("end today when nothing is announced, however new the newest version is", () => {
    expect(frameOf([line(version(99, 1n))], "input", 100 * DAY_MS).toMs).toBe(100 * DAY_MS);
  });

  it("show what is announced, and a young history as young", () => {
    expect(frameOf([line(version(100, 1n), version(110, 2n))], "input", 100 * DAY_MS)).toMatchObject({
      fromMs: 70 * DAY_MS,
      toMs: 117.5 * DAY_MS,
    });
  });
});
