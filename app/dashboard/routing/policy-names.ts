import { nearestSlugs } from "@/server/catalog/nearest";
import type { PolicyForm } from "./policy-form";

/** The names that there are. */
export interface KnownNames {
  readonly models: readonly string[];
  readonly providers: readonly string[];
}

/** Fields that hold names: of what, and whether a `*` at the end stands for the rest of one there. */
const FIELDS = {
  allowedModels: { of: "models", takesPatterns: true },
  blockedModels: { of: "models", takesPatterns: true },
  allowedProviders: { of: "providers", takesPatterns: true },
  blockedProviders: { of: "providers", takesPatterns: true },
  providerOrder: { of: "providers", takesPatterns: true },
  fallbackModels: { of: "models", takesPatterns: false },
  contextFallbackModels: { of: "models", takesPatterns: false },
  contentFallbackModels: { of: "models", takesPatterns: false },
  timeouts: { of: "models", takesPatterns: false },
} as const satisfies Partial<Record<keyof PolicyForm, { of: keyof KnownNames; takesPatterns: boolean }>>;

export type NameField = keyof typeof FIELDS;

export interface UnknownName {
  readonly name: string;
  /** The name that may have been meant. */
  readonly nearest: string | null;
}

/** Names that nobody has, so that a policy with them does something else than its author thinks. */
export function unknownNames(field: NameField, text: string, known: KnownNames): readonly UnknownName[] {
  const { of, takesPatterns } = FIELDS[field];
  const isKnown = (name: string) => {
    if (!name.endsWith("*")) return known[of].includes(name);
    if (!takesPatterns) return name === "*";
    return known[of].some((one) => one.startsWith(name.slice(0, -1)));
  };
  return [...new Set(wordsOf(field, text).map(({ word }) => word))]
    .filter((name) => !isKnown(name))
    .map((name) => ({ name, nearest: meantBy(name.replace(/\*$/, ""), known[of]) }));
}

/** The nearest name, if it is near enough to be a typing error: there is always some nearest one. */
function meantBy(name: string, all: readonly string[]): string | null {
  const [nearest] = nearestSlugs(all, name, 1);
  if (nearest === undefined) return null;
  const [own, theirs] = [pairsOf(name), pairsOf(nearest)];
  const shared = [...own].filter((pair) => theirs.has(pair)).length;
  return (2 * shared) / (own.size + theirs.size) >= LEAST_LIKENESS ? nearest : null;
}

/** Share of neighbouring letters in common (Dice). */
const LEAST_LIKENESS = 0.4;

function pairsOf(text: string): ReadonlySet<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)));
}

interface Completion {
  /** The part of the text that is replaced. */
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

const LEAST_TYPED = 2;
const MOST_OFFERED = 5;

/** Names that what stands at the caret may become; null when there is nothing to complete. */
export function completionAt(
  field: NameField,
  text: string,
  caret: number,
  known: KnownNames,
): Completion | null {
  const at = wordsOf(field, text).find(({ from, to }) => from < caret && caret <= to);
  if (!at || at.word.length < LEAST_TYPED) return null;
  const typed = at.word.toLowerCase();
  const all = known[FIELDS[field].of];
  if (all.includes(at.word)) return null;
  const fitting = [
    ...all.filter((name) => name.startsWith(typed)),
    ...all.filter((name) => !name.startsWith(typed) && name.includes(typed)),
  ];
  return fitting.length === 0 ? null : { from: at.from, to: at.to, names: fitting.slice(0, MOST_OFFERED) };
}

interface Word {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** The names in what is typed, where they stand. Of timeouts only the first of each line is a name. */
function wordsOf(field: NameField, text: string): readonly Word[] {
  const words: Word[] = [];
  let lineStart = 0;
  for (const line of text.split("\n")) {
    for (const match of line.matchAll(/[^\s,]+/g)) {
      const word = match[0].replace(/:$/, "");
      const from = lineStart + match.index;
      if (word !== "") words.push({ word, from, to: from + word.length });
      if (field === "timeouts") break;
    }
    lineStart += line.length + 1;
  }
  return words;
}
