import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sources = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "server", "app"],
  {
    encoding: "utf8",
  },
)
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\/fixtures\.ts$/.test(file) && existsSync(file));

const holders = (pattern: RegExp) => sources.filter((file) => pattern.test(readFileSync(file, "utf8")));

describe("the one way to a provider", () => {
  it("prevents an unpaid call: only the call stage sends, and it takes nothing but an admitted request", () => {
    // Beside it, what was begun by an admitted request is asked about; those calls begin nothing.
    expect(holders(/\bupstream\s*\.\s*send\(|\bdeps\.upstream\b/).sort()).toEqual([
      // Carries no key and no body: there is nothing that a provider could charge for.
      "server/gateway/probe.ts",
      "server/gateway/stages/call.ts",
      "server/gateway/stages/follow.ts",
    ]);
    expect(readFileSync("server/gateway/probe.ts", "utf8")).not.toMatch(/prepareCall|credential\(|POST/);
    expect(holders(/\bkeepVideo\(deps/)).toEqual(["server/gateway/operations/videos.ts"]);
    expect(readFileSync("server/gateway/stages/call.ts", "utf8")).toMatch(
      /export async function call\(\s*deps: GatewayDeps,\s*admitted: Admitted,/,
    );
  });

  it("prevents a forged admission: only the admit stage makes one", () => {
    expect(holders(/\bas Admitted\b/)).toEqual(["server/gateway/stages/admit.ts"]);
  });

  it("prevents a second way out: one client, made by the composition root, and no other request library", () => {
    expect(
      holders(/\bcreateUpstreamClient\(/).filter((file) => !file.startsWith("server/providers/")),
    ).toEqual(["server/runtime.ts"]);
    // The second is the guarded way to webhook receivers: it refuses every private address, and knows no provider.
    expect(holders(/from "undici"/)).toEqual([
      "server/platform/guarded-client.ts",
      "server/providers/http-client.ts",
    ]);
    expect(
      holders(/\bfetch\(/).filter((file) => /^server\/(gateway|providers|protocols|routing)\//.test(file)),
    ).toEqual([]);
  });
});
