import { setImmediate as nextTurn } from "node:timers/promises";

/** Counts tokens of a text with the o200k encoding. An estimate for other families; receipts say `counted` for it. */
export type CountTokens = (text: string) => Promise<number>;

/**
 * Byte-pair encoding takes the square of the length of what it cannot split, so that some kilobytes of one letter would
 * stop the process for seconds. Runs are cut after 256 characters and pieces after 8,192, each at most one token more.
 */
const PIECE = /[\s\S]{0,8192}?(?:\S{256}|\s{256})|[\s\S]{1,8192}/gu;
/** Characters between two turns of the event loop: other requests go on while a long prompt is counted. */
const CHARACTERS_PER_TURN = 65_536;

/**
 * A counter that loads its encoding at the first use: half a second and some 50 MB that most processes never need.
 * Text that looks like a special token counts as the plain text that it is.
 */
export function createTokenCounter(): CountTokens {
  let encoding: Promise<typeof import("gpt-tokenizer/encoding/o200k_base")> | null = null;
  return async (text) => {
    if (text === "") return 0;
    encoding ??= import("gpt-tokenizer/encoding/o200k_base");
    const { countTokens } = await encoding;
    let tokens = 0;
    let sinceTurn = 0;
    for (const [piece] of text.matchAll(PIECE)) {
      tokens += countTokens(piece, { disallowedSpecial: new Set() });
      sinceTurn += piece.length;
      if (sinceTurn < CHARACTERS_PER_TURN) continue;
      sinceTurn = 0;
      await nextTurn();
    }
    return tokens;
  };
}
