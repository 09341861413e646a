import { createTokenCounter } from "@/server/platform/tokens";

type Encoding = typeof import("gpt-tokenizer/encoding/o200k_base");

const PLAIN = { disallowedSpecial: new Set<string>() };
const MAX_CACHED = 5_000;
let encoding: Promise<Encoding> | null = null;
const counts = new Map<string, number>();
const count = createTokenCounter();

/** Number of o200k tokens of a text. Remembers texts that come again; a megabyte of one letter does not stop the process. */
export async function countTokens(text: string): Promise<number> {
  const known = counts.get(text);
  if (known !== undefined) return known;
  const tokens = await count(text);
  if (counts.size >= MAX_CACHED) counts.clear();
  counts.set(text, tokens);
  return tokens;
}

/** A text in pieces of one o200k token each; their concatenation is the text as long as it is plain ASCII. */
export async function splitIntoTokens(text: string): Promise<string[]> {
  encoding ??= import("gpt-tokenizer/encoding/o200k_base");
  const { encode, decode } = await encoding;
  return encode(text, PLAIN).map((token) => decode([token]));
}
