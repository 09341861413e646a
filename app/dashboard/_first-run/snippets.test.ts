import { describe, expect, it } from "vitest";
import { toSnippets } from "./snippets";

const values = { baseUrl: "http://127.0.0.1:3160/v1", apiKey: "dtk_x", model: "openai/gpt-4.1-mini" };

describe("first-request snippets", () => {
  it("are complete: each names the base URL, the key and the model", () => {
    const snippets = toSnippets(values);
    expect(snippets.map(({ label }) => label)).toEqual(["curl", "Python", "Node", "AI SDK", "LangChain"]);
    for (const { code } of snippets) {
      for (const value of Object.values(values)) expect(code).toContain(value);
    }
  });

  it("send a JSON body that parses", () => {
    const curl = toSnippets(values)[0]?.code ?? "";
    const body: unknown = JSON.parse(/-d '([\s\S]*)'$/.exec(curl)?.[1] ?? "");
    expect(body).toMatchObject({ model: values.model, stream: true });
  });
});
