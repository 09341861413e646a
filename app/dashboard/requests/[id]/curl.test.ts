import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { toCurl } from "./curl";

const chat = { api: "chat.completions", requestedModel: "a/b", streamed: true, prompt: null };

// Harm prevented: a copied command that runs what a prompt says.
describe("copy as curl", () => {
  it("names path, model and stream, and no key", () => {
    const command = toCurl(chat, "https://gateway.example/v1") ?? "";
    expect(command).toContain("curl -N https://gateway.example/v1/chat/completions");
    expect(command).toContain('"model": "a/b"');
    expect(command).toContain("Bearer YOUR_API_KEY");
  });

  it("hands a kept body to the shell as one word, whatever is in it", () => {
    const prompt = `{"x":"it's $(touch /tmp/pwned) \`id\` \\\\ '; rm"}`;
    const command = toCurl({ ...chat, prompt }, "http://127.0.0.1/v1") ?? "";
    const words = execFileSync("sh", ["-c", command.replace(/^curl/, "printf '%s\\n'")], {
      encoding: "utf8",
    });
    expect(words.trimEnd().endsWith(prompt)).toBe(true);
  });

  it("knows no command for uploads", () => {
    expect(toCurl({ ...chat, api: "audio.transcriptions" }, "http://x/v1")).toBeNull();
    expect(toCurl({ ...chat, api: "constructor" }, "http://x/v1")).toBeNull();
  });
});
