import type Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";
import type { Recording } from "@/server/dev/simulator/recordings";

/** nano-USD per unit; no two are alike, so that a unit that is priced as another one shows. */
const PRICES = { input: 3_000n, cached_input: 700n, cache_write: 5_000n, output: 11_000n, reasoning: 13_000n };
const SEARCH = 10_000_000n;

const PROVIDERS = {
  chat: "openai-compatible",
  unmarked: "openai-compatible",
  responses: "openai-responses",
  messages: "anthropic",
  google: "google",
} as const;

export function catalogue(simulatorUrl: string) {
  const prices = [
    ...Object.entries(PRICES).map(([unit, nano]) => ({ unit, usdPerMillion: String(Number(nano) / 1_000) })),
    { unit: "search", usdPerMillion: "10000" },
  ];
  const names = Object.entries(PROVIDERS);
  return {
    version: 1,
    providers: names.map(([slug, kind]) => ({
      slug,
      name: slug,
      kind,
      baseUrl: `${simulatorUrl}/${slug}/v1`,
      ...(slug === "unmarked" ? { profile: "no-end-mark" } : {}),
    })),
    models: names.map(([provider]) => ({
      slug: `test/${provider}`,
      name: provider,
      contextLength: 128_000,
      maxOutputTokens: 4_096,
      inputModalities: ["text"],
      outputModalities: ["text"],
      endpoints: [
        { provider, upstreamModel: "recorded", source: "test", sourceDate: "2026-01-01", prices },
      ],
    })),
  };
}

const MODELS: Readonly<Record<string, string>> = {
  "chat.completions": "test/chat",
  responses: "test/responses",
  messages: "test/messages",
  generateContent: "test/google",
};

/** The model whose provider speaks the protocol of the recording. */
export function modelFor({ api }: Pick<Recording, "api">): string {
  return MODELS[api] ?? "";
}

/** ⌈Σ units × price⌉ of what the index says was used: no line of the product's arithmetic is in it. */
export function costOf({ expected_usage: usage, raw_usage: raw }: Recording): bigint {
  const of = (value: number | null | undefined) => BigInt(value ?? 0);
  const [input, cached, written] = [of(usage?.input), of(usage?.cached_input), of(usage?.cache_write)];
  const [output, reasoning] = [of(usage?.output), of(usage?.reasoning)];
  const tools = (raw as { server_tool_use?: { web_search_requests?: number } } | null)?.server_tool_use;
  return (
    (input - cached - written) * PRICES.input +
    cached * PRICES.cached_input +
    written * PRICES.cache_write +
    (output - reasoning) * PRICES.output +
    reasoning * PRICES.reasoning +
    of(tools?.web_search_requests) * SEARCH
  );
}

/** Long enough for the hold to cover the largest recorded prompt. */
const PROMPT = "word ".repeat(6_000);
const MAX_TOKENS = 2_000;
const messages = [{ role: "user" as const, content: PROMPT }];

/** Each client's request, and how its stream ends when it failed and when it is complete. */
export const CLIENTS = {
  chat: {
    path: "/chat/completions",
    body: (model: string, stream: boolean) => ({ model, stream, messages, max_tokens: MAX_TOKENS }),
    complete: /data: \[DONE\]|"finish_reason":"(?!error)/,
    failed: /data: \{"error":\{.*\}\}\n\n$/,
  },
  messages: {
    path: "/messages",
    body: (model: string, stream: boolean) => ({ model, stream, messages, max_tokens: MAX_TOKENS }),
    complete: /event: message_stop|"stop_reason":"/,
    failed: /event: error\ndata: .*\n\n$/,
  },
  responses: {
    path: "/responses",
    body: (model: string, stream: boolean) => ({
      model,
      stream,
      input: PROMPT,
      max_output_tokens: MAX_TOKENS,
    }),
    complete: /response\.(completed|incomplete)/,
    failed: /event: (error|response\.failed)\n/,
  },
} as const;
export type ClientName = keyof typeof CLIENTS;

/** Would a client take the text for a stream that came to its end? */
export function looksComplete(client: ClientName, text: string): boolean {
  return CLIENTS[client].complete.test(text);
}

interface Told {
  readonly generationId: string;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly costUsd: number;
}

interface Asking {
  readonly client: OpenAI;
  readonly anthropic: Anthropic;
}

/** What an official SDK reads of an answer. */
export function ask(with_: Asking, client: ClientName, model: string, stream: boolean): Promise<Told> {
  if (client === "chat") return askChat(with_.client, model, stream);
  return client === "messages"
    ? askMessages(with_.anthropic, model, stream)
    : askResponses(with_.client, model, stream);
}

const idOf = (response: Response) => response.headers.get("x-generation-id") ?? "";
const costIn = (usage: unknown) => Number((usage as { cost?: number } | undefined)?.cost);

async function askChat(client: OpenAI, model: string, stream: boolean): Promise<Told> {
  const asked = { model, messages, max_tokens: MAX_TOKENS };
  const toTold = (usage: OpenAI.CompletionUsage | null | undefined, response: Response): Told => ({
    generationId: idOf(response),
    input: usage?.prompt_tokens ?? -1,
    cached: usage?.prompt_tokens_details?.cached_tokens ?? -1,
    output: usage?.completion_tokens ?? -1,
    costUsd: costIn(usage),
  });
  if (!stream) {
    const { data, response } = await client.chat.completions.create(asked).withResponse();
    return toTold(data.usage, response);
  }
  const { data, response } = await client.chat.completions
    .create({ ...asked, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of data) usage = chunk.usage ?? usage;
  return toTold(usage, response);
}

async function askMessages(client: Anthropic, model: string, stream: boolean): Promise<Told> {
  const asked = { model, messages, max_tokens: MAX_TOKENS };
  const streamed = stream ? client.messages.stream(asked) : null;
  // The SDK's own sum of a stream leaves out fields that it does not know.
  let last: unknown;
  streamed?.on("streamEvent", (event) => {
    if (event.type === "message_delta") last = event.usage;
  });
  const { data, response } = streamed
    ? { data: await streamed.finalMessage(), response: (await streamed.withResponse()).response }
    : await client.messages.create(asked).withResponse();
  const { usage } = data;
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    generationId: idOf(response),
    input: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
    cached,
    output: usage.output_tokens,
    costUsd: costIn(last ?? usage),
  };
}

async function askResponses(client: OpenAI, model: string, stream: boolean): Promise<Told> {
  const asked = { model, input: PROMPT, max_output_tokens: MAX_TOKENS };
  let told: OpenAI.Responses.Response | null = null;
  let answered: Response;
  if (stream) {
    const { data, response } = await client.responses.create({ ...asked, stream: true }).withResponse();
    for await (const event of data)
      if (event.type === "response.completed" || event.type === "response.incomplete") told = event.response;
    answered = response;
  } else {
    const { data, response } = await client.responses.create(asked).withResponse();
    told = data;
    answered = response;
  }
  const usage = told?.usage;
  return {
    generationId: idOf(answered),
    input: usage?.input_tokens ?? -1,
    cached: usage?.input_tokens_details.cached_tokens ?? -1,
    output: usage?.output_tokens ?? -1,
    costUsd: costIn(usage),
  };
}
