// Harm prevented: a list of guards that no longer finds them, and so proves nothing when it is run.
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { applyEdit, MUTATIONS } from "./mutations";

it.each(MUTATIONS)("T22: the guard is where it is said to be: $guard", ({ edits, test }) => {
  for (const edit of edits) expect(() => applyEdit(".", edit)).not.toThrow();
  expect(existsSync(test)).toBe(true);
});
