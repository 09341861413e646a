import { createHash } from "node:crypto";
import { isObject, objectsIn, readObject, textIn } from "../fields";
import type { AnswerEvent, FinishReason, WholeAnswer } from "../model";
import { readGeminiUsage } from "./usage";

/** What has been seen of each answer: numbers the tool calls and tells when all of them have ended. */
export interface CandidateLog {
  /** Events of one `GenerateContentResponse`, which is a whole answer or a piece of a stream. */
  read(response: Record<string, unknown>): AnswerEvent[];
  /** The last native reason, once every answer that has begun has one. */
  finishReason(): string | null;
}

/** Ids that we made, because Gemini gave none: never sent back to it. */
export const MINTED_ID_PREFIX = "call_gm_";

const ORIGIN = "google-generate-content";

const FINISH: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  LANGUAGE: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
};

export function createCandidateLog(): CandidateLog {
  const calls = new Map<number, number>();
  const finished = new Map<number, string>();
  const begun = new Set<number>();
  const cited = new Set<string>();

  const readPart = (choice: number, part: Record<string, unknown>, responseId: string): AnswerEvent[] => {
    const signature = textIn(part.thoughtSignature);
    const signed = signature === null ? {} : { signature };
    if (isObject(part.functionCall)) {
      const call = calls.get(choice) ?? 0;
      calls.set(choice, call + 1);
      return readCall(part.functionCall, { choice, call, responseId, signed });
    }
    if (isObject(part.inlineData)) {
      const { mimeType, data } = part.inlineData;
      const isImage = typeof mimeType === "string" && mimeType.startsWith("image/");
      return isImage && typeof data === "string"
        ? [{ kind: "image", choice, mediaType: mimeType, data }]
        : [];
    }
    const text = typeof part.text === "string" ? part.text : "";
    if (part.thought === true) return [{ kind: "reasoning", choice, text, ...signed, origin: ORIGIN }];
    return [
      ...(text === "" ? [] : [{ kind: "text", choice, text } as const]),
      // Signs what stands before it: carried as thinking without text.
      ...(signature === null ? [] : [{ kind: "reasoning", choice, signature, origin: ORIGIN } as const]),
    ];
  };

  const readCandidate = (candidate: Record<string, unknown>, responseId: string): AnswerEvent[] => {
    const choice = typeof candidate.index === "number" ? candidate.index : 0;
    begun.add(choice);
    const parts = isObject(candidate.content) ? objectsIn(candidate.content.parts) : [];
    const events = parts.flatMap((part) => readPart(choice, part, responseId));
    events.push(...readCitations(candidate, choice, cited));
    const native = textIn(candidate.finishReason);
    if (native !== null && native !== "FINISH_REASON_UNSPECIFIED" && !finished.has(choice)) {
      finished.set(choice, native);
      const reason = (calls.get(choice) ?? 0) > 0 && native === "STOP" ? "tool_calls" : FINISH[native];
      events.push({ kind: "finish", choice, reason: reason ?? "error", native });
    }
    return events;
  };

  return {
    read(response) {
      const responseId = textIn(response.responseId) ?? "";
      const events = objectsIn(response.candidates).flatMap((entry) => readCandidate(entry, responseId));
      const blocked = isObject(response.promptFeedback) ? textIn(response.promptFeedback.blockReason) : null;
      if (blocked !== null && begun.size === 0) {
        begun.add(0);
        finished.set(0, blocked);
        events.push({ kind: "finish", choice: 0, reason: "content_filter", native: blocked });
      }
      return events;
    },
    finishReason: () =>
      begun.size > 0 && finished.size === begun.size ? ([...finished.values()].at(-1) ?? null) : null,
  };
}

function readCall(
  call: Record<string, unknown>,
  at: { choice: number; call: number; responseId: string; signed: { signature?: string } },
): AnswerEvent[] {
  const { choice, call: number, responseId, signed } = at;
  const name = textIn(call.name) ?? "";
  const fragment = JSON.stringify(isObject(call.args) ? call.args : {});
  const id = textIn(call.id) ?? mintId([responseId, choice, number, name, fragment]);
  return [
    { kind: "tool_call", choice, call: number, id, name, ...signed },
    { kind: "tool_arguments", choice, call: number, fragment },
  ];
}

/** The same for the same call of the same answer, however often it is read. */
function mintId(of: readonly unknown[]): string {
  const digest = createHash("sha256").update(JSON.stringify(of)).digest("base64url");
  return MINTED_ID_PREFIX + digest.slice(0, 24);
}

/** Web pages that the answer rests on, each once. */
function readCitations(
  candidate: Record<string, unknown>,
  choice: number,
  cited: Set<string>,
): AnswerEvent[] {
  const grounding = isObject(candidate.groundingMetadata) ? candidate.groundingMetadata : {};
  const pages = objectsIn(grounding.groundingChunks).map(({ web }) => (isObject(web) ? web : {}));
  const citation = isObject(candidate.citationMetadata) ? candidate.citationMetadata : {};
  return [...pages, ...objectsIn(citation.citationSources)].flatMap((page) => {
    const url = textIn(page.uri);
    if (url === null || cited.has(`${choice} ${url}`)) return [];
    cited.add(`${choice} ${url}`);
    const index = (value: unknown) => (typeof value === "number" ? value : null);
    return [
      {
        kind: "citation" as const,
        choice,
        citation: {
          url,
          title: textIn(page.title),
          startIndex: index(page.startIndex),
          endIndex: index(page.endIndex),
        },
      },
    ];
  });
}

/** Null when the bytes are no answer: no JSON, an error, or neither candidates nor a blocked prompt. */
export function readGeminiAnswer(bytes: Uint8Array): WholeAnswer | null {
  const body = readObject(bytes);
  if (body === null || isObject(body.error)) return null;
  if (!Array.isArray(body.candidates) && !isObject(body.promptFeedback)) return null;
  const log = createCandidateLog();
  return {
    events: log.read(body),
    usage: readGeminiUsage(body.usageMetadata),
    rawUsage: body.usageMetadata ?? null,
    finishReason: log.finishReason(),
    body,
  };
}
