import { readObject, unsupported } from "../fields";
import type { AssistantPart, AssistantTurn, FilePart, ImagePart, ToolResult, Turn, UserPart } from "../model";
import { MINTED_ID_PREFIX } from "./from-response";

type Part = Record<string, unknown>;
interface Content {
  readonly role: "user" | "model";
  readonly parts: Part[];
}

/** Turns as Gemini's `contents`; neighbours of the same role become one. */
export function toContents(turns: readonly Turn[]): Content[] {
  const names = namesOfCalls(turns);
  const contents: Content[] = [];
  for (const turn of turns) {
    const role = turn.role === "assistant" ? "model" : "user";
    const parts = toParts(turn, names);
    if (parts.length === 0) continue;
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }
  return contents;
}

function toParts(turn: Turn, names: ReadonlyMap<string, string>): Part[] {
  switch (turn.role) {
    case "user":
      return turn.parts.map(toUserPart);
    case "instruction":
      // There is one place for instructions, before the first turn; later ones are said in the user's role.
      return turn.parts.map(({ text }) => ({ text }));
    case "assistant":
      return toModelParts(turn);
    case "tool":
      return turn.results.flatMap((result) => toFunctionResponse(result, names));
  }
}

/** Gemini wants the function's name with its result, where others only name the call. */
function namesOfCalls(turns: readonly Turn[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const turn of turns) {
    if (turn.role !== "assistant") continue;
    for (const part of turn.parts) if (part.type === "tool_call") names.set(part.id, part.name);
  }
  return names;
}

function toUserPart(part: UserPart): Part {
  switch (part.type) {
    case "text":
      return { text: part.text };
    case "image":
      return toMediaPart(part, "image/jpeg");
    case "file":
      return toMediaPart(part, "application/pdf");
    case "audio":
      return { inlineData: { mimeType: `audio/${part.format}`, data: part.data } };
  }
}

const TYPES_BY_ENDING: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  mp3: "audio/mp3",
  wav: "audio/wav",
  mp4: "video/mp4",
};

function toMediaPart({ source, type }: ImagePart | FilePart, usualType: string): Part {
  if (source.kind === "id") throw unsupported("messages", `a ${type} named by id is unknown to Gemini`);
  if (source.kind === "base64") return { inlineData: { mimeType: source.mediaType, data: source.data } };
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(source.url)?.[1]?.toLowerCase() ?? "";
  return { fileData: { mimeType: TYPES_BY_ENDING[ending] ?? usualType, fileUri: source.url } };
}

function toModelParts(turn: AssistantTurn): Part[] {
  return turn.parts.flatMap(toModelPart);
}

function toModelPart(part: AssistantPart): Part[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? [] : [{ text: part.text }];
    case "image":
      return [toMediaPart(part, "image/png")];
    case "reasoning": {
      const isOurs = part.origin === undefined || part.origin === "google-generate-content";
      const signed = isOurs && part.signature !== undefined ? { thoughtSignature: part.signature } : {};
      if (part.text !== "") return [{ text: part.text, thought: true, ...signed }];
      return "thoughtSignature" in signed ? [{ text: "", ...signed }] : [];
    }
    case "tool_call":
      return [
        {
          functionCall: { name: part.name, args: readObject(part.arguments) ?? {}, ...idOf(part.id) },
          ...(part.signature === undefined ? {} : { thoughtSignature: part.signature }),
        },
      ];
  }
}

/** An id goes back only when it is Gemini's own or another provider's: ours would be unknown to it. */
function idOf(id: string): { id?: string } {
  return id.startsWith(MINTED_ID_PREFIX) ? {} : { id };
}

function toFunctionResponse(result: ToolResult, names: ReadonlyMap<string, string>): Part[] {
  const name = names.get(result.callId);
  if (name === undefined) throw unsupported("messages", `no tool call before it has the id ${result.callId}`);
  const text = result.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const media = result.parts.flatMap((part) => (part.type === "text" ? [] : [toUserPart(part)]));
  const response = result.isError ? { error: text } : (readObject(text) ?? { result: text });
  return [{ functionResponse: { name, response, ...idOf(result.callId) } }, ...media];
}
