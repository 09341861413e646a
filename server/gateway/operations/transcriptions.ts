import type { PriceVersion, Units } from "@/server/catalog";
import type { AppError } from "@/server/platform/errors";
import { NO_TOKENS } from "@/server/protocols/cost";
import { invalid, unsupported } from "@/server/protocols/fields";
import { isForm, ownFieldsIn, readForm } from "@/server/protocols/form";
import { countedUsage, type TokenUsage } from "@/server/protocols/model";
import { readError } from "@/server/protocols/openai-chat";
import {
  audioSecondsBound,
  parseTranscription,
  readTranscript,
  renderTranscript,
  type Transcript,
  type TranscriptionCall,
  toTranscriptionForm,
  transcriptRelay,
} from "@/server/protocols/transcriptions";
import type { Answer, Api, Candidate, Exchange } from "../operation";
import { COMPLETE, plainApi, unlessOpenai } from "./plain";
import { hasPriceOf } from "./price-basis";

/** `POST audio/transcriptions`. */
export const transcriptionsApi = audioApi("audio.transcriptions", "/audio/transcriptions");
/** `POST audio/translations`: into English. */
export const translationsApi = audioApi("audio.translations", "/audio/translations");

/** Priced by the second of audio, or by tokens. */
function audioApi(name: string, path: string): Api {
  return plainApi(name, "transcription", async (bytes, contentType) => {
    if (!contentType || !isForm(contentType))
      throw invalid("content-type", "must be multipart/form-data: the audio is a file in it");
    const call = parseTranscription(await readForm(bytes, contentType));
    const seconds = audioSecondsBound(new Uint8Array(await call.file.arrayBuffer()));
    return {
      model: call.model,
      body: ownFieldsIn(call.form),
      stream: call.stream,
      promptText: call.prompt,
      unitsFor: (version) => unitsBound(version, seconds),
      counted: (promptTokens, outputTokens) => countedTranscript(promptTokens, outputTokens, seconds),
      refusal: (candidate) => unlessOpenai(candidate, "transcriptions") ?? refusalOf(call, candidate),
      exchange: (candidate) => toExchange(path, call, candidate, seconds),
    };
  });
}

/** Audio has some 17 tokens a second, speech some four words. */
const MOST_AUDIO_TOKENS_PER_SECOND = 25;
const MOST_TEXT_TOKENS_PER_SECOND = 12;

function unitsBound(version: PriceVersion, seconds: number): Units {
  if (isBySecond(version)) return { audio_second: BigInt(seconds) };
  return {
    audio_input: BigInt(seconds * MOST_AUDIO_TOKENS_PER_SECOND),
    output: BigInt(seconds * MOST_TEXT_TOKENS_PER_SECOND),
  };
}

/** Five tokens of audio for each that was written: what must have been heard of a transcript that broke off. */
const AUDIO_TOKENS_PER_TEXT_TOKEN = 5;

function countedTranscript(promptTokens: number, outputTokens: number, seconds: number): TokenUsage {
  const heard = Math.min(outputTokens * AUDIO_TOKENS_PER_TEXT_TOKEN, seconds * MOST_AUDIO_TOKENS_PER_SECOND);
  return {
    ...countedUsage(promptTokens, outputTokens),
    promptTokens: promptTokens + heard,
    audioInput: heard,
  };
}

const isBySecond = (version: PriceVersion) => hasPriceOf(version, "audio_second");

/** Models that are priced by tokens tell no times; models that are priced by the second do not stream. */
function refusalOf(call: TranscriptionCall, { priceVersion }: Candidate): AppError | null {
  if (isBySecond(priceVersion))
    return call.stream ? unsupported("stream", "this model answers as a whole") : null;
  return call.format === "json" || call.format === "text"
    ? null
    : unsupported("response_format", "this model only knows json and text");
}

/** The format is the one that says what was used; the client's own is written from it. */
async function toExchange(
  path: string,
  call: TranscriptionCall,
  candidate: Candidate,
  seconds: number,
): Promise<Exchange> {
  const isTimed = isBySecond(candidate.priceVersion);
  const { contentType, body } = await toTranscriptionForm(
    call,
    candidate.upstreamModel,
    isTimed ? "verbose_json" : "json",
  );
  return {
    path,
    headers: {
      "content-type": contentType,
      accept: call.stream ? "text/event-stream" : "application/json",
    },
    body,
    readWhole(bytes) {
      const transcript = readTranscript(bytes);
      return transcript && toAnswer(transcript, call, isTimed, seconds);
    },
    openStream: transcriptRelay,
    readError,
  };
}

function toAnswer(transcript: Transcript, call: TranscriptionCall, isTimed: boolean, bound: number): Answer {
  return {
    // Seconds that nobody states are the most that the file can hold; the hold was made for them.
    ...(isTimed
      ? { usage: NO_TOKENS, units: { audio_second: BigInt(transcript.seconds ?? bound) } }
      : { usage: transcript.usage }),
    rawUsage: transcript.body.usage ?? null,
    finishReason: COMPLETE,
    generatedText: () => transcript.text,
    render: (final) => renderTranscript(transcript, call.format, final),
  };
}
