import type { Turn } from "./request-body";

/** One model's answer to one message, while it comes and afterwards. */
export interface Answer {
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly status: "running" | "done" | "stopped" | "failed";
  /** Names the receipt; null until the gateway has held the money, and for what it refused before. */
  readonly generationId: string | null;
  readonly error: {
    readonly message: string;
    readonly code: string;
    readonly requestId: string | null;
  } | null;
}

/** One message and what each place beside the others answered to it. */
export interface Exchange {
  readonly id: number;
  readonly text: string;
  readonly images: readonly string[];
  /** By place: its number from the left, from 0. */
  readonly answers: Readonly<Record<string, Answer>>;
}

export function newAnswer(model: string): Answer {
  return { model, text: "", reasoning: "", status: "running", generationId: null, error: null };
}

/** The conversation as one place has it: messages it has not answered with anything are not repeated to it. */
export function turnsOf(exchanges: readonly Exchange[], place: string): Turn[] {
  return exchanges.flatMap(({ text, images, answers }): Turn[] => {
    const answer = answers[place];
    if (!answer?.text) return [];
    return [
      { role: "user", text, images },
      { role: "assistant", text: answer.text },
    ];
  });
}

/** The exchanges with one answer changed. */
export function withAnswer(
  exchanges: readonly Exchange[],
  at: { readonly id: number; readonly place: string },
  change: (answer: Answer) => Answer,
): Exchange[] {
  return exchanges.map((exchange) => {
    const answer = exchange.answers[at.place];
    if (exchange.id !== at.id || !answer) return exchange;
    return { ...exchange, answers: { ...exchange.answers, [at.place]: change(answer) } };
  });
}

/** The exchanges after a place was taken away: those to its right move up, with what they answered. */
export function withoutPlace(exchanges: readonly Exchange[], index: number): Exchange[] {
  return exchanges.map((exchange) => ({
    ...exchange,
    answers: Object.fromEntries(
      Object.entries(exchange.answers)
        .filter(([place]) => Number(place) !== index)
        .map(([place, answer]) => [String(Number(place) > index ? Number(place) - 1 : place), answer]),
    ),
  }));
}
