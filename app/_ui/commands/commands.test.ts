// Harm prevented: a shortcut that swallows what somebody types, or one that cannot be turned off.
import { describe, expect, it } from "vitest";
import { type Command, findCommands } from "./command";
import { type KeyPress, readKey } from "./keys";

const press = (key: string, rest: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isBusy: false,
  ...rest,
});
const jumps = [{ key: "k", href: "/dashboard/keys", label: "API keys" }];
const on = { jumps, areOn: true, afterPrefix: false };

describe("keys", () => {
  it("open the palette everywhere, also while somebody types", () => {
    expect(readKey(press("k", { metaKey: true, isBusy: true }), on)).toEqual({ kind: "palette" });
    expect(readKey(press("K", { ctrlKey: true }), { ...on, areOn: false })).toEqual({ kind: "palette" });
  });

  it("alone do nothing while somebody types, with a modifier, or once turned off", () => {
    for (const key of ["?", "/", "g"]) {
      expect(readKey(press(key), on)).not.toBeNull();
      expect(readKey(press(key, { isBusy: true }), on)).toBeNull();
      expect(readKey(press(key, { ctrlKey: true }), on)).toBeNull();
      expect(readKey(press(key), { ...on, areOn: false })).toBeNull();
    }
  });

  it("jump after g, and only then", () => {
    expect(readKey(press("k"), on)).toBeNull();
    expect(readKey(press("k"), { ...on, afterPrefix: true })).toEqual({
      kind: "jump",
      href: "/dashboard/keys",
    });
    expect(readKey(press("x"), { ...on, afterPrefix: true })).toBeNull();
    expect(readKey(press("g"), { ...on, jumps: [] })).toBeNull();
  });
});

describe("commands", () => {
  const command = (group: string, label: string, words?: string): Command => ({
    group,
    label,
    words,
    href: `/${label}`,
  });
  const all = [
    command("Pages", "Pricing"),
    command("Docs", "Errors", "price_missing"),
    command("Docs", "Balance", "prepaid"),
    ...Array.from({ length: 20 }, (_, index) => command("Models", `GPT ${index}`, `openai/gpt-${index}`)),
  ];

  it("are found by all words, in name, words or group, the best name first", () => {
    expect(findCommands(all, "docs pre").flatMap(({ items }) => items.map(({ label }) => label))).toEqual([
      "Balance",
    ]);
    expect(findCommands(all, "PRIC").map(({ value }) => value)).toEqual(["Pages", "Docs"]);
    expect(findCommands(all, "nothing of the kind")).toEqual([]);
  });

  it("show eight of a kind", () => {
    expect(findCommands(all, "openai").map(({ items }) => items.length)).toEqual([8]);
    expect(findCommands(all, "")).toHaveLength(3);
  });
});
