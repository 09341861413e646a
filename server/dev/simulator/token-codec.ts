type Encoding = typeof import("gpt-tokenizer/encoding/o200k_base");

const PLAIN = { disallowedSpecial: new Set<string>() };
const MAX_CACHED = 5_000;
let encoding: Promise<Encoding> | null = null;
const counts = new Map<string, number>();

/** Number of o200k tokens of a text. Loads the encoding at the first use; remembers texts that come again. */
export async function countTokens(text: string): Promise<number> {
  const known = counts.get(text);
  if (known !== undefined) return known;
  encoding ??= import("gpt-tokenizer/encoding/o200k_base");
  const count = (await encoding).countTokens(text, PLAIN);
  if (counts.size >= MAX_CACHED) counts.clear();
  counts.set(text, count);
  return count;
}

/** A text in pieces of one o200k token each; their concatenation is the text as long as it is plain ASCII. */
export async function splitIntoTokens(text: string): Promise<string[]> {
  encoding ??= import("gpt-tokenizer/encoding/o200k_base");
  const { encode, decode } = await encoding;
  return encode(text, PLAIN).map((token) => decode([token]));
}
