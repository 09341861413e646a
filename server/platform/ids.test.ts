// Harm prevented: two things under one name, pages that skip rows because ids are out of order, months that lack their first requests.
import { validate, version } from "uuid";
import { afterEach, describe, expect, it, vi } from "vitest";
import { firstId, isId, newId } from "./ids";

afterEach(() => vi.useRealTimers());

describe("ids", () => {
  it("are all different, in order, and of their kind", () => {
    const ids = Array.from({ length: 20_000 }, () => newId("generation"));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) if (!isId("generation", id)) expect.fail(id);
    expect(isId("request", newId("generation"))).toBe(false);
  });

  it("are UUIDs of version 7 that carry their millisecond", () => {
    const ms = Date.parse("2026-11-26T08:00:00.123Z");
    vi.useFakeTimers({ now: ms });
    const id = newId("apiKey");
    expect(id.slice(0, 14)).toBe(firstId("apiKey", ms).slice(0, 14));
    const uuid = toUuid(id);
    expect(validate(uuid) && version(uuid)).toBe(7);
    expect(Number.parseInt(uuid.replaceAll("-", "").slice(0, 12), 16)).toBe(ms);
  });

  it("stay in order when the clock goes back a little, and follow one that is put right", () => {
    const ms = Date.parse("2031-01-01T00:00:00Z");
    vi.useFakeTimers({ now: ms });
    const before = newId("order");
    vi.setSystemTime(ms - 5_000);
    expect(newId("order") > before).toBe(true);
    vi.setSystemTime(ms - 86_400_000);
    expect(newId("order").slice(0, 14)).toBe(firstId("order", ms - 86_400_000).slice(0, 14));
  });
});

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

function toUuid(id: string): string {
  const [, suffix = ""] = id.split("_");
  const value = [...suffix].reduce((sum, letter) => sum * 32n + BigInt(LETTERS.indexOf(letter)), 0n);
  const hex = value.toString(16).padStart(32, "0");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
