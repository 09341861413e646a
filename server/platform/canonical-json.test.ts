// Harm prevented: two programs that write the same fact differently, so that an honest export fails verification.
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalHash } from "./canonical-hash";
import { canonicalJson } from "./canonical-json";

it("has one spelling for one value", () => {
  expect(canonicalJson({ b: 1, a: [true, null, "ü\n"], c: { z: undefined, y: 2n } })).toBe(
    '{"a":[true,null,"ü\\n"],"b":1,"c":{"y":"2"}}',
  );
  expect(canonicalJson(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
  expect(() => canonicalJson(() => 1)).toThrow(TypeError);
});

it("does not depend on the order of keys, and survives a round trip through JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
  expect(canonicalHash({ a: 1, b: 2 })).toBe(canonicalHash({ b: 2, a: 1 }));
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}
