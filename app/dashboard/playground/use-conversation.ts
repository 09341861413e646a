"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { useActor } from "../_parts/actor";
import { ChatRefused, streamChat } from "./chat-stream";
import { type Answer, type Exchange, newAnswer, turnsOf, withAnswer, withoutPlace } from "./conversation";
import { type ChatModel, type Settings, toChatBody } from "./request-body";

/** A model at its place beside the others: the same one can stand at two. */
export interface Place {
  readonly id: string;
  readonly model: ChatModel;
}

interface Message {
  readonly text: string;
  readonly images: readonly string[];
}

/** The conversation with all models side by side. One message goes to each; each answers on its own. */
export function useConversation(onEnded: () => void) {
  const { organizationId } = useActor();
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const running = useRef(new Map<string, AbortController>());
  const nextId = useRef(0);

  const change = useCallback(
    (at: { readonly id: number; readonly place: string }, next: (answer: Answer) => Answer) =>
      setExchanges((known) => withAnswer(known, at, next)),
    [],
  );

  const ask = async (place: Place, exchange: Exchange, settings: Settings) => {
    const at = { id: exchange.id, place: place.id };
    const abort = new AbortController();
    running.current.set(place.id, abort);
    const turns = [
      ...turnsOf(exchanges, place.id),
      { role: "user", text: exchange.text, images: exchange.images } as const,
    ];
    try {
      await streamChat(
        toChatBody(place.model, settings, turns),
        { organizationId, signal: abort.signal },
        {
          onStart: (generationId) => change(at, (answer) => ({ ...answer, generationId })),
          onText: (text) => change(at, (answer) => ({ ...answer, text: answer.text + text })),
          onReasoning: (text) => change(at, (answer) => ({ ...answer, reasoning: answer.reasoning + text })),
        },
      );
      change(at, (answer) => ({ ...answer, status: "done" }));
    } catch (thrown) {
      change(at, (answer) => ended(answer, abort.signal.aborted, thrown));
    } finally {
      running.current.delete(place.id);
      onEnded();
    }
  };

  const send = (message: Message, places: readonly Place[], settings: Settings) => {
    const exchange: Exchange = {
      ...message,
      id: nextId.current++,
      answers: Object.fromEntries(places.map(({ id, model }) => [id, newAnswer(model.slug)])),
    };
    setExchanges([...exchanges, exchange]);
    for (const place of places) void ask(place, exchange, settings);
  };

  const stop = useCallback(() => {
    for (const abort of running.current.values()) abort.abort();
  }, []);
  // Whoever leaves the page wants no more of it.
  useEffect(() => stop, [stop]);

  const removePlace = (index: number) => setExchanges((known) => withoutPlace(known, index));
  const isRunning = exchanges.some(({ answers }) =>
    Object.values(answers).some(({ status }) => status === "running"),
  );
  return { exchanges, isRunning, send, stop, clear: () => setExchanges([]), removePlace };
}

function ended(answer: Answer, isStopped: boolean, thrown: unknown): Answer {
  if (isStopped) return { ...answer, status: "stopped" };
  const error =
    thrown instanceof ChatRefused
      ? { message: thrown.message, code: thrown.code, requestId: thrown.requestId }
      : { message: "The connection broke. Check it and try again.", code: "connection", requestId: null };
  return { ...answer, status: "failed", error };
}
