import { describe, expect, it } from "vitest";
import { ignoredBy, NO_SETTINGS, problemsOf, toChatBody } from "./request-body";

const able = { slug: "a/b", supportedParameters: ["temperature", "reasoning_effort", "structured_outputs"] };
const plain = { slug: "c/d", supportedParameters: [] };
const turns = [{ role: "user", text: "Hi", images: [] }] as const;

describe("what the playground sends", () => {
  it("is the model and the messages, and nothing that was not set", () => {
    expect(toChatBody(able, NO_SETTINGS, turns)).toEqual({
      model: "a/b",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
    });
  });

  it("carries what a model takes and leaves out what it does not, by name", () => {
    const settings = {
      system: "Be brief.",
      temperature: "0",
      maxTokens: "50",
      effort: "low",
      schema: '{"type":"object"}',
    } as const;
    expect(toChatBody(able, settings, turns)).toMatchObject({
      messages: [{ role: "system", content: "Be brief." }, { role: "user" }],
      temperature: 0,
      max_tokens: 50,
      reasoning_effort: "low",
      response_format: { json_schema: { schema: { type: "object" } } },
    });
    expect(Object.keys(toChatBody(plain, settings, turns))).toEqual([
      "model",
      "messages",
      "max_tokens",
      "stream",
    ]);
    expect(ignoredBy(plain, settings)).toEqual(["temperature", "reasoning effort", "JSON schema"]);
    expect(ignoredBy(able, settings)).toEqual([]);
  });

  it("sends an image beside its text, and the conversation in order", () => {
    const { messages } = toChatBody(able, NO_SETTINGS, [
      { role: "user", text: "What is it?", images: ["data:image/png;base64,AA=="] },
      { role: "assistant", text: "A dot." },
      { role: "user", text: "Sure?", images: [] },
    ]) as unknown as { messages: { role: string; content: unknown }[] };
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(messages[0]?.content).toEqual([
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
    ]);
  });

  it("says what cannot be sent", () => {
    expect(problemsOf({ ...NO_SETTINGS, temperature: "3", maxTokens: "1.5", schema: "[1]" })).toEqual({
      temperature: "A number from 0 to 2.",
      maxTokens: "A whole number of at least 1.",
      schema: "This is not a JSON object.",
    });
    expect(problemsOf({ ...NO_SETTINGS, temperature: "0.5", maxTokens: "1", schema: "{}" })).toEqual({});
    expect(problemsOf({ ...NO_SETTINGS, temperature: "x" })).toHaveProperty("temperature");
  });
});
