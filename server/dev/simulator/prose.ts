import { createHash } from "node:crypto";

/** Said first, so that nobody takes a simulated answer for a model's. */
const LABEL = "This is a simulated answer from the local upstream: no model was asked.";

/** Every word and mark here is exactly one token of o200k, so an answer can be cut anywhere and still be counted right. */
const SENTENCES = [
  "Each word you see is one token, so the count on your receipt can be checked by hand.",
  "The request went through the same code as a real one, with the same limits and the same price.",
  "A stream sends its words one after the other, and the last part says how many there were.",
  "When you stop reading early, you pay for what was sent and for nothing more.",
  "The same question always gives the same answer here, which is what a test needs.",
  "Your balance falls by the cost of this request, and the receipt shows how it was worked out.",
  "To hear from a real model, give a provider its base address and a key in the operator console.",
  "A long question costs more than a short one, because its tokens are counted as well.",
  "If a provider fails before the first word, another one may take its place.",
  "You can set a limit on the number of tokens, and the answer will end right there.",
  "An error is part of the design: it has a code, a reason and a page that explains it.",
  "The first word takes a little longer than the rest, just as it does with a real provider.",
];

/** The one-token pieces of a text made of {@link SENTENCES}. */
function toPieces(text: string): string[] {
  return text.match(/ ?[A-Za-z]+|[.,:]/g) ?? [];
}

/** A number in 0 … 2³²−1 that depends on the text alone. */
export function seedOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0);
}

const OPENING = toPieces(LABEL);
const BODY = SENTENCES.map((sentence) => toPieces(` ${sentence}`));

/**
 * Simulated text as pieces of one token each.
 * @param length exact number of pieces; without it, the label and two to five whole sentences
 */
export function simulatedPieces(seed: number, length?: number): string[] {
  const pieces = [...OPENING];
  const sentences = 2 + (seed % 4);
  for (let step = 0; length === undefined ? step < sentences : pieces.length < length; step += 1) {
    // 5 and 12 share no divisor, so twelve sentences pass before one comes again.
    pieces.push(...(BODY[(seed + step * 5) % BODY.length] ?? []));
  }
  return pieces.slice(0, length);
}
