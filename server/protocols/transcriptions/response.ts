import { usageWithCost } from "../cost";
import { countIn, isObject, objectsIn, readObject } from "../fields";
import type { FinalUsage, TokenUsage } from "../model";
import type { TranscriptFormat } from "./request";

export interface Transcript {
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Seconds of audio that the provider heard, rounded up; null when it does not say. */
  readonly seconds: number | null;
  /** Null when the provider counts no tokens. */
  readonly usage: TokenUsage | null;
}

/** Reads `json` and `verbose_json`. Null when the bytes are neither. */
export function readTranscript(bytes: Uint8Array): Transcript | null {
  const body = readObject(bytes);
  if (typeof body?.text !== "string") return null;
  const usage = isObject(body.usage) ? body.usage : {};
  const stated = usage.type === "duration" ? usage.seconds : body.duration;
  const seconds = Number(stated ?? Number.NaN);
  return {
    body,
    text: body.text,
    seconds: Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : null,
    usage: readTokens(usage),
  };
}

export function readTokens(usage: Readonly<Record<string, unknown>>): TokenUsage | null {
  const input = countIn(usage.input_tokens);
  const output = countIn(usage.output_tokens);
  if (input === null || output === null) return null;
  const details = isObject(usage.input_token_details) ? usage.input_token_details : {};
  const audioInput = Math.min(input, countIn(details.audio_tokens) ?? 0);
  return {
    promptTokens: input,
    completionTokens: output,
    input: input - audioInput,
    cachedInput: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    audioInput,
    output,
    reasoning: 0,
    audioOutput: 0,
    searches: 0,
  };
}

/** The transcript in the format that the client asked for; written here, for only JSON says how long the audio was. */
export function renderTranscript(
  { body, text, seconds }: Transcript,
  format: TranscriptFormat,
  final: FinalUsage | null,
): { contentType: string; body: Uint8Array } {
  const segments = objectsIn(body.segments);
  const plain = (content: string, type = "text/plain") => ({
    contentType: `${type}; charset=utf-8`,
    body: Buffer.from(content),
  });
  const raw = isObject(body.usage) ? body.usage : seconds === null ? {} : { type: "duration", seconds };
  const usage = usageWithCost(raw, final);
  switch (format) {
    case "text":
      return plain(`${text}\n`);
    case "srt":
      return plain(
        segments.map((of, index) => `${index + 1}\n${cue(of, ",")}\n`).join("\n"),
        "application/x-subrip",
      );
    case "vtt":
      return plain(`WEBVTT\n\n${segments.map((of) => `${cue(of, ".")}\n`).join("\n")}`, "text/vtt");
    case "json": {
      const { logprobs } = body;
      return plain(
        JSON.stringify({ text, ...(logprobs === undefined ? {} : { logprobs }), usage }),
        "application/json",
      );
    }
    case "verbose_json":
      return plain(JSON.stringify({ ...body, usage }), "application/json");
  }
}

function cue(segment: Readonly<Record<string, unknown>>, point: string): string {
  const text = typeof segment.text === "string" ? segment.text.trim() : "";
  return `${timestamp(segment.start, point)} --> ${timestamp(segment.end, point)}\n${text}\n`;
}

function timestamp(seconds: unknown, point: string): string {
  const ms = Math.max(0, Math.round(Number(seconds) * 1_000) || 0);
  const part = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, "0");
  return `${part(ms / 3_600_000)}:${part((ms / 60_000) % 60)}:${part((ms / 1_000) % 60)}${point}${part(ms % 1_000, 3)}`;
}
