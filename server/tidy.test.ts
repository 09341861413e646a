import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Limits on the code's shape. They only ever go down. */
const MAX_FILE_LINES = 400;
const MAX_ROUTE_LINES = 20;

const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => existsSync(file));
const sources = tracked.filter(
  (file) => /^(app|server|db|e2e)\/.*\.tsx?$/.test(file) && !file.includes("/migrations/"),
);
const read = (file: string) => readFileSync(file, "utf8");

describe("tidy", () => {
  it("keeps files short enough to read", () => {
    expect(sources.filter((file) => read(file).split("\n").length > MAX_FILE_LINES)).toEqual([]);
  });

  it("keeps route files plugs", () => {
    const routes = tracked.filter((file) => /^app\/.*\/route\.ts$/.test(file));
    expect(routes.filter((file) => read(file).split("\n").length > MAX_ROUTE_LINES)).toEqual([]);
  });

  it("reads the environment through one door", () => {
    const wrong = sources.filter(
      (file) =>
        /process\.env/.test(read(file)) &&
        !/^(server\/platform\/env\.ts|app\/\(site\)\/docs\/_samples\/|server\/dev\/|e2e\/|server\/tidy)/.test(
          file,
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("reads the clock through one door on the server", () => {
    const wrong = sources.filter(
      (file) =>
        /^server\//.test(file) &&
        !/\.test\.ts$|fixtures\.ts$|^server\/(platform\/clock|dev\/)/.test(file) &&
        /Date\.now\(|new Date\(\)/.test(read(file)),
    );
    expect(wrong).toEqual([]);
  });

  it("has no silenced types and no promises instead of work", () => {
    const banned = /@ts-(ignore|expect-error|nocheck)|\bTODO\b|\bFIXME\b|\bcoming soon\b/i;
    expect(sources.filter((file) => !file.endsWith("tidy.test.ts") && banned.test(read(file)))).toEqual([]);
  });
});
