import { isObject, type Json } from "../fields";
import type { AnswerEvent, AnswerIdentity, FinishReason } from "../model";
import { sealEnvelope } from "./envelope";
import { type CallItem, createCallItem } from "./items/call-item";
import { createImageItem } from "./items/image-item";
import type { Emit, OpenItem } from "./items/item";
import { createMessageItem, type MessageItem } from "./items/message-item";
import { createThinkingItem, type ThinkingItem } from "./items/thinking-item";
import { itemIdOf } from "./response-object";

/** Builds the output of a response from events, and tells of every step: for a stream each is a frame, else none is. */
export interface OutputBuilder {
  take(events: readonly AnswerEvent[]): void;
  /** Closes what is open. The output is complete after it. */
  close(): void;
  /** All items so far, as they are now. */
  output(): Json[];
  finish(): { readonly reason: FinishReason } | null;
}

export function createOutputBuilder(identity: AnswerIdentity, emit: Emit): OutputBuilder {
  const items = createItems(identity, emit);
  let finish: { readonly reason: FinishReason } | null = null;

  const takeOne = (event: AnswerEvent, next: AnswerEvent | undefined) => {
    switch (event.kind) {
      case "text":
        return items.message().say(event.text, next?.kind === "logprobs" ? next.logprobs : undefined);
      case "refusal":
        return items.message().refuse(event.text);
      case "logprobs":
        return items.message().noteLogprobs(event.logprobs);
      case "citation":
        return items.message().cite(event.citation);
      case "reasoning":
        return items.thinking(event.begins === true).think(event);
      case "tool_call":
        return items.startCall(event);
      case "tool_arguments":
        return items.call(event.call)?.grow(event.fragment);
      case "image":
        return items.addImage(event.data);
      case "finish":
        finish = event;
    }
  };

  return {
    take(events) {
      const own = events.filter(({ choice }) => choice === 0);
      own.forEach((event, at) => {
        // Said with its text already.
        if (event.kind === "logprobs" && own[at - 1]?.kind === "text") return;
        takeOne(event, own[at + 1]);
      });
    },
    close: () => items.closeAll(statusOf(finish)),
    output: items.snapshots,
    finish: () => finish,
  };
}

interface Items {
  /** The message that is open, or a new one. */
  message(): MessageItem;
  thinking(begins: boolean): ThinkingItem;
  startCall(event: AnswerEvent & { kind: "tool_call" }): void;
  call(number: number): CallItem | undefined;
  addImage(data: string): void;
  closeAll(status: ItemStatus): void;
  snapshots(): Json[];
}

type ItemStatus = "completed" | "incomplete";

/** Words and thinking come one after the other; calls may grow side by side, so they stay open until the end. */
function createItems(identity: AnswerIdentity, emit: Emit): Items {
  const snapshots: (() => Json)[] = [];
  const calls = new Map<number, CallItem>();
  const showsSummary = wantsSummary(identity);
  let message: MessageItem | null = null;
  let thinking: ThinkingItem | null = null;

  const place = (prefix: string) => ({
    id: itemIdOf(identity, prefix, snapshots.length),
    outputIndex: snapshots.length,
    emit,
  });
  const add = <Item extends OpenItem>(item: Item): Item => {
    snapshots.push(item.snapshot);
    return item;
  };
  const closeWords = (status: ItemStatus = "completed") => {
    message?.close(status);
    thinking?.close();
    message = null;
    thinking = null;
  };

  return {
    message() {
      if (!message) closeWords();
      message ??= add(createMessageItem(place("msg")));
      return message;
    },
    thinking(begins) {
      if (!thinking || begins) closeWords();
      thinking ??= add(createThinkingItem(place("rs"), showsSummary));
      return thinking;
    },
    startCall(event) {
      closeWords();
      if (event.signature !== undefined) {
        // Clients give thinking back as it was and calls as they please: the call's signature travels in the former.
        const seal = add(createThinkingItem(place("rs"), showsSummary));
        seal.seal(sealEnvelope({ signature: event.signature, callId: event.id }));
        seal.close();
      }
      calls.set(event.call, add(createCallItem(place("fc"), event)));
    },
    call: (number) => calls.get(number),
    addImage(data) {
      closeWords();
      add(createImageItem(place("ig"), data));
    },
    closeAll(status) {
      closeWords(status);
      for (const call of calls.values()) call.close(status);
      calls.clear();
    },
    snapshots: () => snapshots.map((snapshot) => snapshot()),
  };
}

function statusOf(finish: { readonly reason: FinishReason } | null): ItemStatus {
  return finish?.reason === "length" || finish?.reason === "content_filter" ? "incomplete" : "completed";
}

/** OpenAI shows thinking as a summary, and only to those who ask for one; the thinking itself has a form of its own. */
function wantsSummary({ call }: AnswerIdentity): boolean {
  const { reasoning } = call.body;
  return isObject(reasoning) && typeof reasoning.summary === "string";
}
