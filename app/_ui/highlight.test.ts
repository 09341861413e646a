import { describe, expect, it } from "vitest";
import { highlight } from "./highlight";

const SAMPLES = {
  bash: `curl -N https://host/v1/chat \\\n  -H "Authorization: Bearer $KEY" # a comment\n  -d '{"model": "a/b"}'`,
  python: `from openai import OpenAI\nclient = OpenAI(api_key="x")  # 1\nprint(client.chat or "")`,
  typescript: `const url = "https://host"; // not in the string\nfor await (const c of s) f(1_000);`,
  json: `{"error": {"code": "x", "status": 402, "param": null}}`,
  text: "anything",
} as const;

describe("highlight", () => {
  it.each(Object.entries(SAMPLES))("loses no character of %s", (language, code) => {
    const tokens = highlight(code, language as keyof typeof SAMPLES);
    expect(tokens.map(({ text }) => text).join("")).toBe(code);
  });

  it("does not take an address in a string for a comment", () => {
    const tokens = highlight(SAMPLES.typescript, "typescript");
    expect(tokens).toContainEqual({ kind: "string", text: '"https://host"' });
    expect(tokens).toContainEqual({ kind: "comment", text: "// not in the string" });
    expect(tokens).toContainEqual({ kind: "keyword", text: "const" });
    expect(tokens).toContainEqual({ kind: "number", text: "1_000" });
  });
});
