import { describe, expect, it } from "vitest";
import type { PublicModel } from "../../_data/catalog";
import { comparePath, NO_FILTERS, readFilters, sortModels, toPath } from "./filters";

/** As Next hands it over: a list where a name occurs more than once. */
function queryOf(path: string): Record<string, string | string[]> {
  const { searchParams } = new URL(path, "http://localhost");
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => {
      const all = searchParams.getAll(name);
      return [name, all.length > 1 ? all : (all[0] ?? "")];
    }),
  );
}

describe("model filters", () => {
  it("read only what they know", () => {
    expect(
      readFilters({
        q: " gpt ",
        reads: "smell",
        writes: "toString",
        can: "fly",
        context: "7",
        price: "-1",
        sort: "constructor",
        provider: ["a", "b"],
        compare: ["x", "a/b", "a/b", "c/d", "e/f", "g/h", "i/j"],
      }),
    ).toEqual({ ...NO_FILTERS, search: "gpt", compared: ["a/b", "c/d", "e/f", "g/h"] });
  });

  it("are the same after a trip through the address", () => {
    const filters = {
      search: "gpt 4",
      provider: "openai",
      modality: "image",
      output: "text",
      capability: "tools",
      minContextTokens: 128_000,
      maxInputCents: 300,
      sort: "price",
      compared: ["openai/gpt-4.1", "meta-llama/llama-3.3-70b-instruct"],
    } as const;
    expect(readFilters(queryOf(toPath(filters)))).toEqual(filters);
    expect(readFilters(queryOf(comparePath(filters.compared))).compared).toEqual(filters.compared);
    expect(toPath(readFilters({}))).toBe("/models");
  });

  it("sort without changing what they were given", () => {
    const model = (name: string, contextLength: number) => ({
      name,
      contextLength,
      releasedOn: null,
      endpoints: [],
    });
    const models = [model("b", 1), model("a", 2), model("c", 2)] as unknown as PublicModel[];
    expect(sortModels(models, "context").map(({ name }) => name)).toEqual(["a", "c", "b"]);
    expect(sortModels(models, "price").map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(models.map(({ name }) => name)).toEqual(["b", "a", "c"]);
  });
});
