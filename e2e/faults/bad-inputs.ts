import { gzipSync } from "node:zlib";
import { MODEL, QUESTION } from "./ground";

/** A request that has to be refused before anything is reserved or sent to a provider. */
export interface BadRequest {
  readonly name: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  readonly param?: string;
}

const CHAT = { model: MODEL, messages: QUESTION };
const json = (fields: Record<string, unknown>) => JSON.stringify({ ...CHAT, ...fields });
const short = (value: unknown) => (JSON.stringify(value) ?? String(value)).slice(0, 40);

const notJson = [
  "",
  " ",
  "{",
  "[]",
  "[1]",
  "null",
  '"text"',
  "1",
  "NaN",
  '{"max_tokens":NaN}',
  "\0",
  "{}{}",
].map((body) => ({ name: `body ${short(body)}`, body, status: 400, code: "invalid_json" }));

const invalid = (param: string, values: readonly unknown[]) =>
  values.map((value) => ({
    name: `${param} ${short(value)}`,
    body: json({ [param]: value }),
    status: 400,
    code: "invalid_request",
    param,
  }));

const TOO_MANY = Array.from({ length: 100_000 }, (_, index) => `stop ${index}`);
const TOKEN_LIMITS = [-1, 0, 1.5, "5", null, 1e308, 2 ** 53 + 2, 32_769, true, [5]];

const fields = [
  ...invalid("max_tokens", TOKEN_LIMITS),
  ...invalid("max_completion_tokens", TOKEN_LIMITS),
  ...invalid("n", [0, -1, 1_000_000, 1.5, "2"]),
  ...invalid("best_of", [0, 1_000_000]),
  ...invalid("top_logprobs", [-1, 1_000_000]),
  ...invalid("stop", [TOO_MANY]),
  ...invalid("stream", ["yes", 1]),
  ...invalid("stream_options", ["x", []]),
  ...invalid("tools", [{}, Array.from({ length: 10_000 }, () => ({}))]),
  ...invalid("logit_bias", [Object.fromEntries(TOO_MANY.map((_, index) => [index, 1]))]),
  ...invalid("messages", [[], "hi", null, 5]),
  ...invalid("model", [5, "", null, [MODEL], { toString: MODEL }]),
  ...[null, "text", {}, { role: 5 }, []].map((message) => ({
    name: `message ${short(message)}`,
    body: json({ messages: [message] }),
    status: 400,
    code: "invalid_request",
    param: "messages[0].role",
  })),
  {
    name: "a message nested a hundred thousand deep",
    body: `{"model":"${MODEL}","messages":[{"role":"user","content":${"[".repeat(100_000)}${"]".repeat(100_000)}}]}`,
    status: 400,
    code: "invalid_request",
  },
];

const models = [
  "../../admin",
  "gpt-4o\r\ndata: x",
  "x".repeat(10_000),
  "型/模",
  `${MODEL}\0`,
  "__proto__",
  "constructor",
  "'; DROP TABLE model; --",
  `${MODEL}:nothing`,
].map((model) => ({
  name: `model ${short(model)}`,
  body: json({ model }),
  status: 404,
  code: "model_not_found",
}));

const sizes = [
  { name: "4.2 MB", body: json({ padding: "x".repeat(4_200_000) }), status: 413, code: "request_too_large" },
  {
    name: "tools of 5 MB",
    body: json({ tools: [{ type: "function", function: { name: "x".repeat(5_000_000) } }] }),
    status: 413,
    code: "request_too_large",
  },
  {
    name: "an image of 20 MB inside the body",
    body: json({
      messages: [
        {
          role: "user",
          content: [
            { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(20_000_000)}` } },
          ],
        },
      ],
    }),
    status: 413,
    code: "request_too_large",
  },
  {
    name: "50 MB out of 50 kB of gzip",
    body: gzipSync(json({ padding: "x".repeat(50_000_000) })),
    headers: { "content-encoding": "gzip" },
    status: 413,
    code: "request_too_large",
  },
  {
    name: "gzip that is none",
    body: json({}),
    headers: { "content-encoding": "gzip" },
    status: 400,
    code: "invalid_request",
    param: "content-encoding",
  },
  {
    name: "an unknown encoding",
    body: json({}),
    headers: { "content-encoding": "rot13" },
    status: 400,
    code: "invalid_request",
    param: "content-encoding",
  },
];

export const BAD_REQUESTS: readonly BadRequest[] = [...notJson, ...fields, ...models, ...sizes];

/** Ways of not having a key, each with a good one at hand. All of them get the same answer. */
export function badCredentials(apiKey: string): readonly Readonly<Record<string, string | string[]>>[] {
  return [
    {},
    { authorization: "" },
    { authorization: "Bearer" },
    { authorization: "Bearer " },
    { authorization: `Basic ${Buffer.from(`x:${apiKey}`).toString("base64")}` },
    { authorization: apiKey },
    { authorization: `Bearer ${apiKey.slice(0, -1)}` },
    { authorization: `Bearer ${apiKey}x` },
    { authorization: `Bearer ${apiKey}, Bearer ${apiKey}` },
    { authorization: "Bearer dtk_'; DROP TABLE api_key; --" },
    { authorization: "Bearer return redis.call('FLUSHALL')" },
    { authorization: `Bearer ${"a".repeat(8_000)}` },
    { "x-api-key": "" },
    { "x-api-key": apiKey.toUpperCase() },
    { authorization: `Basic ${apiKey}`, "x-api-key": apiKey },
    { cookie: `authorization=Bearer ${apiKey}` },
  ];
}

/** Fields with which other gateways let callers steer the upstream; none of them may leave this one. */
export const STEERING = {
  api_base: "http://127.0.0.1:9/v1",
  base_url: "http://127.0.0.1:9/v1",
  api_key: "sk-other",
  user_config: { model_list: [] },
  extra_headers: { authorization: "Bearer other" },
  metadata: { org: "org_other", kept: "yes" },
  constructor: { prototype: { isAdmin: true } },
} as const;

/** Headers that mean something to other software in front of, or inside, a server. */
export const STEERING_HEADERS = {
  "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "http",
  "x-vercel-forwarded-for": "10.0.0.1",
  "x-real-ip": "10.0.0.1",
  "x-org-id": "org_other",
  "x-http-method-override": "DELETE",
} as const;
