import { isObject } from "@/server/protocols/fields";
import { SPEECH_TYPES } from "@/server/protocols/speech";
import { simulatedPieces } from "../prose";
import { type Protocol, ProtocolError, type ProtocolRequest, type Script } from "../script";
import { countTokens } from "../token-codec";
import { FAILURE, openaiError } from "./openai-error";

const SAMPLE_RATE = 8_000;
const CHARACTERS_PER_SECOND = 15;
const AUDIO_TOKENS_PER_SECOND = 20;

/** OpenAI's speech: silence of the right length, as WAV bytes whatever is asked for, or as events with usage. */
export const speech: Protocol = {
  path: "/audio/speech",
  async answer({ body }) {
    if (!isObject(body) || typeof body.input !== "string") throw new ProtocolError("Missing 'input'.");
    const seconds = Math.ceil(body.input.length / CHARACTERS_PER_SECOND);
    const audio = silence(seconds);
    if (body.stream_format === "sse") return toEvents(audio, await countTokens(body.input), seconds);
    const format = String(body.response_format ?? "mp3") as keyof typeof SPEECH_TYPES;
    const contentType = SPEECH_TYPES[format] ?? SPEECH_TYPES.mp3;
    return { kind: "whole", status: 200, contentType, body: audio, tokens: 1, failure: FAILURE };
  },
  error: openaiError,
};

function toEvents(audio: Uint8Array, inputTokens: number, seconds: number): Script {
  const event = (of: Record<string, unknown>) => `data: ${JSON.stringify(of)}\n\n`;
  const outputTokens = seconds * AUDIO_TOKENS_PER_SECOND;
  const usage = {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  const half = Math.floor(audio.length / 6) * 3;
  const delta = (bytes: Uint8Array) =>
    event({ type: "speech.audio.delta", audio: Buffer.from(bytes).toString("base64") });
  return {
    kind: "stream",
    opening: "",
    events: [delta(audio.subarray(0, half)), delta(audio.subarray(half))],
    closing: event({ type: "speech.audio.done", usage }),
    failure: FAILURE,
  };
}

/** Unsigned 8-bit mono WAV. */
function silence(seconds: number): Uint8Array {
  const samples = seconds * SAMPLE_RATE;
  const bytes = Buffer.alloc(44 + samples, 128);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(SAMPLE_RATE, 24);
  bytes.writeUInt32LE(SAMPLE_RATE, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples, 40);
  return bytes;
}

/** OpenAI's transcriptions. Models with `whisper` in their name are timed; others count tokens and can stream. */
export const transcriptions: Protocol = {
  path: /\/audio\/(transcriptions|translations)$/,
  async answer(incoming) {
    const [file] = incoming.files.file ?? [];
    if (!file || !isObject(incoming.body)) throw new ProtocolError("Missing 'file'.");
    // Simulated recordings have eight thousand bytes a second, as `silence` makes them.
    const seconds = Math.max(1, (file.bytes.length - 44) / SAMPLE_RATE);
    const pieces = simulatedPieces(file.bytes.length, 20);
    const isTimed = String(incoming.body.model).includes("whisper");
    return isTimed ? timed(incoming.body, pieces, seconds) : counted(incoming, pieces, seconds);
  },
  error: openaiError,
};

function timed(body: Readonly<Record<string, unknown>>, pieces: readonly string[], seconds: number): Script {
  const text = pieces.join("");
  const usage = { type: "duration", seconds: Math.ceil(seconds) };
  const verbose = {
    task: "transcribe",
    language: "english",
    duration: seconds,
    text,
    segments: [{ id: 0, start: 0, end: seconds, text: ` ${text}` }],
    usage,
  };
  const answer = body.response_format === "verbose_json" ? verbose : { text, usage };
  return {
    kind: "whole",
    status: 200,
    body: JSON.stringify(answer),
    tokens: pieces.length,
    failure: FAILURE,
  };
}

function counted(incoming: ProtocolRequest, pieces: readonly string[], seconds: number): Script {
  const audio = Math.ceil(seconds * AUDIO_TOKENS_PER_SECOND);
  const usage = {
    type: "tokens",
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: pieces.length,
    total_tokens: audio + pieces.length,
  };
  const text = pieces.join("");
  if (!isObject(incoming.body) || incoming.body.stream !== "true") {
    const body = JSON.stringify({ text, usage });
    return { kind: "whole", status: 200, body, tokens: pieces.length, failure: FAILURE };
  }
  const event = (of: Record<string, unknown>) => `data: ${JSON.stringify(of)}\n\n`;
  return {
    kind: "stream",
    opening: "",
    events: pieces.map((delta) => event({ type: "transcript.text.delta", delta })),
    closing: event({ type: "transcript.text.done", text, usage }),
    failure: `data: ${FAILURE}\n\n`,
  };
}
