import { describe, expect, it } from "vitest";
import type { PublicModel } from "../../_data/catalog";
import { calculationPath, fieldsOf, readCalculation } from "./calculation";

const modelOf = (...units: string[]) =>
  ({
    slug: "a/b",
    endpoints: [
      { prices: units.map((unit) => ({ unit, aboveContextTokens: 0, platformNanoUsdPerMillion: 1n })) },
    ],
  }) as unknown as PublicModel;
const chat = modelOf("input", "output", "reasoning");

describe("the calculator's address", () => {
  it("asks for what the model sells", () => {
    expect(fieldsOf(chat)).toEqual(["input", "cached_input", "output", "reasoning"]);
    expect(fieldsOf(modelOf("image"))).toEqual(["image"]);
    expect(fieldsOf(modelOf("input"))).toEqual(["input", "cached_input"]);
  });

  it("is read back as it was written", () => {
    const calculation = { slug: "a/b", requests: 12n, units: { input: 7n, output: 0n } } as const;
    const query = Object.fromEntries(new URL(calculationPath(calculation), "http://localhost").searchParams);
    expect(readCalculation(query, chat)).toEqual(calculation);
  });

  it("takes no number that is none", () => {
    const read = readCalculation({ n: "-1", input: "1e9", output: "9999999999", reasoning: "5" }, chat);
    expect(read).toEqual({ slug: "a/b", requests: 100_000n, units: { reasoning: 5n } });
    expect(readCalculation({}, chat).units).toMatchObject({ input: 1_500n, output: 420n });
  });
});
