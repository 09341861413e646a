import { describe, expect, it } from "vitest";
import { ownPath } from "./own-path";

/** Harm: a link to our sign-in page that hands the visitor over to somebody else's site afterwards. */
describe("ownPath", () => {
  it.each([
    "/dashboard",
    "/dashboard/keys?tab=all#new",
    "/models/openai/gpt-4.1-mini",
    "/",
    "/a?u=https://x.example",
  ])("goes on to %s", (path) => {
    expect(ownPath(path, "/home")).toBe(path);
  });

  it.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "HTTPS://own.invalid@evil.example",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/a/..//evil.example",
    "/.//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "dashboard",
    "",
    "/%",
    undefined,
    ["/dashboard"],
  ])("goes to the fallback instead of %j", (next) => {
    expect(ownPath(next, "/home")).toBe("/home");
  });

  it("answers a path of its own for whatever it is given", () => {
    const parts = ["/", "\\", ".", "..", "%2f", "%5c", ":", "@", "evil.example", "?", "#", "\t", "https:"];
    for (const a of parts)
      for (const b of parts)
        for (const c of parts)
          for (const d of parts) {
            const answer = ownPath(a + b + c + d, "/home");
            expect(new URL(answer, "https://site.example").origin).toBe("https://site.example");
          }
  });
});
