import {
  countIn,
  invalid,
  isObject,
  modelOf,
  optionalText,
  parseObject,
  readObject,
  unsupported,
} from "../fields";
import type { TokenUsage } from "../model";
import { forwardable } from "../own-fields";
import { createSseSplitter, readSseEvent } from "../sse";

/** OpenAI's speech: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export interface SpeechCall {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly input: string;
  readonly instructions: string;
  readonly format: keyof typeof SPEECH_TYPES;
}

export const SPEECH_TYPES = {
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
} as const;

const MAX_CHARACTERS = 100_000;

/** @throws AppError invalid_json, invalid_request, unsupported_parameter */
export function parseSpeech(bytes: Uint8Array): SpeechCall {
  const body = parseObject(bytes);
  const { input } = body;
  if (typeof input !== "string" || input === "") throw invalid("input", "must be a text");
  if (charactersOf(input) > MAX_CHARACTERS)
    throw invalid("input", `may have at most ${MAX_CHARACTERS} characters`);
  if (body.stream_format === "sse") throw unsupported("stream_format", "speech is answered as audio");
  const format = optionalText(body, "response_format") ?? "mp3";
  if (!isFormat(format))
    throw invalid("response_format", `must be one of ${Object.keys(SPEECH_TYPES).join(", ")}`);
  return {
    model: modelOf(body),
    body,
    input,
    instructions: optionalText(body, "instructions") ?? "",
    format,
  };
}

function isFormat(name: string): name is SpeechCall["format"] {
  return Object.hasOwn(SPEECH_TYPES, name);
}

/** Characters as people count them in a price list: code points. */
export function charactersOf(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

/** Speech has some two tokens for each character that is spoken; slow and hesitating voices have more. */
const MOST_TOKENS_PER_CHARACTER = 10;

export function speechTokenBound({ input }: SpeechCall): bigint {
  return BigInt(charactersOf(input) * MOST_TOKENS_PER_CHARACTER);
}

/** @param countsTokens asks for events, whose last one says how many tokens it took: plain audio does not say */
export function toSpeechBody(call: SpeechCall, model: string, countsTokens: boolean): string {
  const { stream_format: _audio, ...body } = forwardable(call.body);
  return JSON.stringify({ ...body, model, ...(countsTokens ? { stream_format: "sse" } : {}) });
}

/** The audio in the events of `stream_format: "sse"`. Null when they do not end as they must. */
export function readSpeechEvents(
  bytes: Uint8Array,
): { audio: Uint8Array; usage: TokenUsage; rawUsage: unknown } | null {
  const audio: Buffer[] = [];
  for (const frame of createSseSplitter().push(bytes)) {
    const { data } = readSseEvent(frame);
    const event = data === null ? null : readObject(data);
    if (event?.type === "speech.audio.delta" && typeof event.audio === "string")
      audio.push(Buffer.from(event.audio, "base64"));
    const usage = event?.type === "speech.audio.done" ? readUsage(event.usage) : null;
    if (usage && audio.length > 0) return { audio: Buffer.concat(audio), usage, rawUsage: event?.usage };
  }
  return null;
}

function readUsage(usage: unknown): TokenUsage | null {
  if (!isObject(usage)) return null;
  const input = countIn(usage.input_tokens);
  const output = countIn(usage.output_tokens);
  if (input === null || output === null) return null;
  return {
    promptTokens: input,
    completionTokens: output,
    input,
    cachedInput: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    audioInput: 0,
    output: 0,
    reasoning: 0,
    audioOutput: output,
    searches: 0,
  };
}
