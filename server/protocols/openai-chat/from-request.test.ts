import { describe, expect, it } from "vitest";
import { readRequest } from "./from-request";
import { toSameBody } from "./to-request";

const parse = (body: unknown) =>
  readRequest(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
const valid = { model: "a/b", messages: [{ role: "user", content: "hi" }] };
const refusal = (body: unknown): { code: string; param: string | undefined } => {
  try {
    parse(body);
  } catch (error) {
    return error as { code: string; param: string | undefined };
  }
  throw new Error("was accepted");
};

describe("chat request", () => {
  it.each(["", "{", "[]", "null", '"text"', "\u0000"])("refuses %j as a body", (body) => {
    expect(refusal(body).code).toBe("invalid_json");
  });

  it.each([
    ["model", { ...valid, model: 5 }],
    ["model", { ...valid, model: "" }],
    ["messages", { ...valid, messages: [] }],
    ["messages", { ...valid, messages: "hi" }],
    ["messages[0].role", { ...valid, messages: [null] }],
    ["stream", { ...valid, stream: "yes" }],
    ["stream_options", { ...valid, stream_options: [] }],
    ["n", { ...valid, n: 0 }],
    ["n", { ...valid, n: -1 }],
    ["n", { ...valid, n: 1_000_000 }],
    ["top_logprobs", { ...valid, top_logprobs: 1_000_000 }],
    ["stop", { ...valid, stop: Array.from({ length: 100_000 }, () => "x") }],
    [
      "logit_bias",
      { ...valid, logit_bias: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [index, 1])) },
    ],
    ...["-1", "0", "1.5", '"5"', "null", "1e308", "9007199254740993"].map(
      (tokens) =>
        [
          "max_tokens",
          `{"model":"a/b","messages":[{"role":"user","content":"hi"}],"max_tokens":${tokens}}`,
        ] as [string, unknown],
    ),
  ] as [string, unknown][])("refuses a bad %s by name", (param, body) => {
    expect(refusal(body)).toMatchObject({ code: "invalid_request", param });
  });

  it("prevents callers from steering the upstream or polluting objects", () => {
    const request = parse(
      '{"model":"a/b","messages":[{"role":"user","content":"hi"}],"api_base":"http://evil","base_url":"x","api_key":"k","user_config":{},' +
        '"extra_headers":{},"metadata":{"org":"other","kept":"1"},"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"provider":{"order":["a"]}}',
    );
    const sent = JSON.parse(
      toSameBody(request, {
        model: "up",
        stream: false,
        outputLimitParameter: "max_tokens",
        outputTokens: 5,
      }),
    );
    expect(Object.keys(sent).sort()).toEqual(["max_tokens", "messages", "metadata", "model"]);
    expect(sent.metadata).toEqual({ kept: "1" });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("passes unknown parameters on untouched and always asks for usage in a stream", () => {
    const request = parse({
      ...valid,
      stream: true,
      stream_options: { include_usage: false, other: 1 },
      verbosity: "low",
      prompt_cache_options: { a: [1] },
    });
    const sent = JSON.parse(
      toSameBody(request, {
        model: "up",
        stream: true,
        outputLimitParameter: "max_completion_tokens",
        outputTokens: 7,
      }),
    );
    expect(sent).toMatchObject({
      model: "up",
      max_completion_tokens: 7,
      verbosity: "low",
      prompt_cache_options: { a: [1] },
      stream_options: { include_usage: true, other: 1 },
    });
  });

  it("keeps the client's own name for the output limit", () => {
    expect(parse({ ...valid, max_completion_tokens: 9 }).outputLimit).toEqual({
      parameter: "max_completion_tokens",
      tokens: 9,
    });
    expect(parse({ ...valid, max_tokens: 9 }).outputLimit).toEqual({ parameter: "max_tokens", tokens: 9 });
    expect(parse(valid).outputLimit).toBeNull();
  });

  it("answers model_not_found to a name of 10 KB", () => {
    expect(refusal({ ...valid, model: "x".repeat(10_000) }).code).toBe("model_not_found");
  });
});
