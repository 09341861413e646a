// Harm prevented: a policy whose typing error lets through, or forbids, something else than its author thinks.
import { describe, expect, it } from "vitest";
import { completionAt, unknownNames } from "./policy-names";

const KNOWN = {
  models: ["openai/gpt-4.1", "openai/gpt-4.1-mini", "anthropic/claude-sonnet-4.5", "free/one:free"],
  providers: ["openai", "azure", "deepinfra"],
};
const unknown = (...args: [Parameters<typeof unknownNames>[0], string]) =>
  unknownNames(...args, KNOWN).map(({ name }) => name);

describe("unknown names", () => {
  it("are found in lists and tables, each once, with the name that was meant", () => {
    expect(
      unknownNames("allowedModels", "openai/gpt-4.1\nopenai/gtp-4.1-mini, openai/gtp-4.1-mini", KNOWN),
    ).toEqual([{ name: "openai/gtp-4.1-mini", nearest: "openai/gpt-4.1-mini" }]);
    expect(unknownNames("blockedProviders", "azure deepinfr nobody", KNOWN)).toEqual([
      { name: "deepinfr", nearest: "deepinfra" },
      { name: "nobody", nearest: null },
    ]);
    expect(
      unknown("fallbackModels", "openai/gpt-4.1: anthropic/claude, free/one:free\n*: gone/model"),
    ).toEqual(["anthropic/claude", "gone/model"]);
    expect(unknown("timeouts", "openai/gpt-4.1: 2, 60\nopenai/gpt-5: –, 120\n*: 1, 2")).toEqual([
      "openai/gpt-5",
    ]);
    expect(unknown("providerOrder", "")).toEqual([]);
  });

  it("are patterns that stand for nobody, and patterns where none are read", () => {
    expect(unknown("allowedModels", "openai/* opneai/*")).toEqual(["opneai/*"]);
    expect(unknown("fallbackModels", "openai/*: openai/gpt-4.1")).toEqual(["openai/*"]);
  });
});

describe("completion", () => {
  it("offers what begins so, then what contains it, for the word at the caret", () => {
    const text = "azure\nopen";
    expect(completionAt("allowedProviders", text, text.length, KNOWN)).toEqual({
      from: 6,
      to: 10,
      names: ["openai"],
    });
    expect(completionAt("allowedModels", "gpt", 3, KNOWN)?.names).toEqual([
      "openai/gpt-4.1",
      "openai/gpt-4.1-mini",
    ]);
    expect(completionAt("fallbackModels", "openai/gpt-4.1: clau", 20, KNOWN)).toEqual({
      from: 16,
      to: 20,
      names: ["anthropic/claude-sonnet-4.5"],
    });
  });

  it("is silent when there is nothing to say", () => {
    expect(completionAt("allowedProviders", "azure", 5, KNOWN)).toBeNull();
    expect(completionAt("allowedProviders", "a", 1, KNOWN)).toBeNull();
    expect(completionAt("allowedProviders", "zz", 2, KNOWN)).toBeNull();
    expect(completionAt("timeouts", "openai/gpt-4.1: 20", 18, KNOWN)).toBeNull();
  });
});
