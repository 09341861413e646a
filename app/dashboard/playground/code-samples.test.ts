import { execFileSync } from "node:child_process";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { toCodeSamples } from "./code-samples";
import { NO_SETTINGS, toChatBody } from "./request-body";

const model = { slug: "a/b", supportedParameters: ["temperature", "reasoning_effort", "structured_outputs"] };
const body = toChatBody(
  model,
  { ...NO_SETTINGS, system: `It's "odd"`, temperature: "0.5", effort: "low", schema: '{"type":"object"}' },
  [{ role: "user", text: "$(touch /tmp/x) `id` \\ '; rm", images: ["data:image/png;base64,AA=="] }],
);
const code = (id: string) =>
  toCodeSamples(body, "http://127.0.0.1/v1").find((sample) => sample.id === id)?.code ?? "";

// Harm prevented: a copied program that does not run, sends something else, or runs what a prompt says.
describe("copy code", () => {
  it("hands curl the very body, as one word of the shell", () => {
    const words = execFileSync("sh", ["-c", code("curl").replace(/^curl/, "printf '%s\\0'")], {
      encoding: "utf8",
    });
    expect(JSON.parse(words.split("\0").at(-2) ?? "")).toEqual(body);
  });

  it("gives Node the very body", () => {
    const literal = /create\(([\s\S]*?)\);\nfor await/.exec(code("node"))?.[1] ?? "";
    expect(JSON.parse(literal)).toEqual(body);
  });

  it("writes Python's words for true, false and nothing", () => {
    expect(code("python")).toContain("    stream=True,\n");
    expect(code("python")).toContain('    temperature=0.5,\n    reasoning_effort="low",');
    expect(code("python")).not.toMatch(/: (true|null)/);
  });

  it("writes programs that parse", () => {
    for (const id of ["node", "ai-sdk"]) {
      expect(() => transformSync(code(id), { loader: "ts", format: "esm" }), id).not.toThrow();
    }
    expect(code("ai-sdk")).toContain("reasoningEffort");
    expect(code("ai-sdk")).toContain("Output.object");
  });
});
