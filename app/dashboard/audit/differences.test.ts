import { expect, it } from "vitest";
import { differencesOf } from "./differences";

it("lists only the fields that changed, by their path", () => {
  const before = { ipAllowlist: [], keys: { maxLifetimeDays: null, mayCreate: ["owner"] } };
  const after = { ipAllowlist: ["10.0.0.0/8"], keys: { maxLifetimeDays: 30, mayCreate: ["owner"] } };
  expect(differencesOf(before, after)).toEqual([
    { field: "ipAllowlist", before: "[]", after: '["10.0.0.0/8"]' },
    { field: "keys.maxLifetimeDays", before: "–", after: "30" },
  ]);
});

it("shows every field of a detail that has no other side", () => {
  expect(differencesOf(null, { role: "viewer" })).toEqual([{ field: "role", before: "–", after: "viewer" }]);
  expect(differencesOf(null, null)).toEqual([]);
});
