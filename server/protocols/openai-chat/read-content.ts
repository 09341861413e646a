import { invalid, isObject, type Json, textIn, unsupported } from "../fields";
import type { AudioPart, CacheMark, FilePart, ImagePart, MediaSource, TextPart, UserPart } from "../model";

/** The parts of a user's message. @param at where it stands in the request, for refusals */
export function readUserParts(content: unknown, at: string): UserPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw invalid(at, "must be a string or a list of parts");
  return content.map((part: unknown, index) => readPart(part, `${at}[${index}]`));
}

/** The parts of a message that may only hold text. */
export function readTextParts(content: unknown, at: string): TextPart[] {
  return readUserParts(content, at).map((part, index) => {
    if (part.type !== "text") throw unsupported(`${at}[${index}]`, "only text can stand here");
    return part;
  });
}

function readPart(part: unknown, at: string): UserPart {
  if (!isObject(part)) throw invalid(at, "must be an object");
  if (part.type === "text" && typeof part.text === "string")
    return { type: "text", text: part.text, ...cacheMarkOf(part) };
  if (part.type === "image_url") return readImage(part, at);
  if (part.type === "file") return readFile(part, at);
  if (part.type === "input_audio") return readAudio(part, at);
  throw unsupported(at, "parts of this type are not carried between protocols");
}

function readImage(part: Json, at: string): ImagePart {
  const image = isObject(part.image_url) ? part.image_url : { url: part.image_url };
  const url = textIn(image.url);
  if (url === null) throw invalid(`${at}.image_url`, "must have a URL");
  const detail = (["auto", "low", "high"] as const).find((known) => known === image.detail);
  return { type: "image", source: toSource(url), ...(detail ? { detail } : {}), ...cacheMarkOf(part) };
}

function readFile(part: Json, at: string): FilePart {
  const file = isObject(part.file) ? part.file : {};
  const name = textIn(file.filename);
  const data = textIn(file.file_data) ?? textIn(file.file_url);
  const id = textIn(file.file_id);
  const rest = { ...(name === null ? {} : { name }), ...cacheMarkOf(part) };
  if (data !== null) return { type: "file", source: toSource(data, "application/pdf"), ...rest };
  if (id !== null) return { type: "file", source: { kind: "id", id }, ...rest };
  throw invalid(`${at}.file`, "must have file_data or file_id");
}

function readAudio(part: Json, at: string): AudioPart {
  const audio = isObject(part.input_audio) ? part.input_audio : {};
  const data = textIn(audio.data);
  if (data === null) throw invalid(`${at}.input_audio.data`, "must be base64 text");
  return { type: "audio", format: textIn(audio.format) ?? "wav", data };
}

/** A data URL as its bytes, anything else as a reference. @param bareType media type of base64 without a data URL */
export function toSource(url: string, bareType?: string): MediaSource {
  const match = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/s.exec(url);
  if (match?.[1] !== undefined && match[2] !== undefined)
    return { kind: "base64", mediaType: match[1], data: match[2] };
  if (bareType !== undefined && !/^https?:/.test(url))
    return { kind: "base64", mediaType: bareType, data: url };
  return { kind: "url", url };
}

/** `cache_control` as Anthropic's and OpenRouter's clients write it into parts of any protocol. */
export function cacheMarkOf(part: Json): { cache?: CacheMark } {
  if (!isObject(part.cache_control)) return {};
  return { cache: { ttl: part.cache_control.ttl === "1h" ? "1h" : "5m" } };
}
