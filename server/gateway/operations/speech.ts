import type { PriceVersion, Units } from "@/server/catalog";
import { NO_TOKENS } from "@/server/protocols/cost";
import {
  charactersOf,
  parseSpeech,
  readSpeechEvents,
  SPEECH_TYPES,
  type SpeechCall,
  speechTokenBound,
  toSpeechBody,
} from "@/server/protocols/speech";
import type { Answer, Candidate, Exchange } from "../operation";
import { COMPLETE, jsonExchange, plainApi, unlessOpenai } from "./plain";
import { hasPriceOf } from "./price-basis";

/** `POST audio/speech`: priced by the character, or by the tokens of text and audio. Answers the audio itself. */
export const speechApi = plainApi("audio.speech", "speech", (bytes) => {
  const call = parseSpeech(bytes);
  return {
    model: call.model,
    body: call.body,
    promptText: `${call.input}\n${call.instructions}`,
    unitsFor: (version) => unitsBound(version, call),
    refusal: (candidate) => unlessOpenai(candidate, "speech"),
    exchange: (candidate) => toExchange(call, candidate),
  };
});

function unitsBound(version: PriceVersion, call: SpeechCall): Units {
  return hasPriceOf(version, "character")
    ? { character: BigInt(charactersOf(call.input)) }
    : { audio_output: speechTokenBound(call) };
}

function toExchange(call: SpeechCall, candidate: Candidate): Exchange {
  const isByCharacter = hasPriceOf(candidate.priceVersion, "character");
  const body = toSpeechBody(call, candidate.upstreamModel, !isByCharacter);
  const exchange = jsonExchange("/audio/speech", body, (bytes, header) =>
    isByCharacter ? readAudio(bytes, header("content-type"), call) : readEvents(bytes, call),
  );
  return { ...exchange, headers: { ...exchange.headers, accept: "*/*" } };
}

/** Audio, and nothing that only says it went wrong. */
function readAudio(bytes: Uint8Array, contentType: string | undefined, call: SpeechCall): Answer | null {
  if (bytes.length === 0 || /json|html/.test(contentType ?? "")) return null;
  return {
    usage: NO_TOKENS,
    units: { character: BigInt(charactersOf(call.input)) },
    rawUsage: null,
    ...answerOf(bytes, call),
  };
}

function readEvents(bytes: Uint8Array, call: SpeechCall): Answer | null {
  const read = readSpeechEvents(bytes);
  return read && { usage: read.usage, rawUsage: read.rawUsage, ...answerOf(read.audio, call) };
}

function answerOf(
  audio: Uint8Array,
  { format }: SpeechCall,
): Pick<Answer, "finishReason" | "generatedText" | "render"> {
  return {
    finishReason: COMPLETE,
    generatedText: () => "",
    render: () => ({ contentType: SPEECH_TYPES[format], body: audio }),
  };
}
