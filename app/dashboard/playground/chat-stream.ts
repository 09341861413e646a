import { EventSourceParserStream } from "eventsource-parser/stream";
import { namedOrganization } from "@/app/_trpc/session-client";
import type { ChatBody } from "./request-body";

/** What arrives of one answer. */
export interface ChatEvents {
  /** Known with the first byte, also for an answer that is refused once its money was held. */
  readonly onStart: (generationId: string | null) => void;
  readonly onText: (text: string) => void;
  readonly onReasoning: (text: string) => void;
}

export class ChatRefused extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly code?: string };
}

interface Chunk extends ErrorBody {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning_content?: string;
      readonly reasoning?: string;
    };
  }[];
}

/**
 * One request of the playground, read to its end.
 * @throws ChatRefused when it is refused or breaks, DOMException AbortError when it was stopped
 */
export async function streamChat(
  body: ChatBody,
  { organizationId, signal }: { readonly organizationId: string; readonly signal: AbortSignal },
  events: ChatEvents,
): Promise<void> {
  const response = await fetch("/api/playground/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", ...namedOrganization(organizationId) },
    body: JSON.stringify(body),
    signal,
  });
  events.onStart(response.headers.get("x-generation-id"));
  if (!response.ok || !response.body) throw await refusalOf(response);
  const chunks = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const reader = chunks.getReader();
  let isWhole = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value.data === "[DONE]") isWhole = true;
    else deliver(JSON.parse(value.data) as Chunk, events, response);
  }
  if (!isWhole)
    throw new ChatRefused("The answer broke off before its end.", "stream_broken", idOf(response));
}

function deliver(chunk: Chunk, events: ChatEvents, response: Response): void {
  if (chunk.error)
    throw new ChatRefused(
      chunk.error.message ?? "The provider reported an error.",
      chunk.error.code ?? "upstream_error",
      idOf(response),
    );
  const delta = chunk.choices?.[0]?.delta;
  const reasoning = delta?.reasoning_content ?? delta?.reasoning;
  if (reasoning) events.onReasoning(reasoning);
  if (delta?.content) events.onText(delta.content);
}

async function refusalOf(response: Response): Promise<ChatRefused> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const message = body.error?.message ?? "The server could not be reached. Try again.";
  return new ChatRefused(message, body.error?.code ?? String(response.status), idOf(response));
}

function idOf(response: Response): string | null {
  return response.headers.get("x-request-id");
}
