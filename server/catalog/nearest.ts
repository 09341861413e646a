/** Longer names are cut before comparing: the work per unknown name stays bounded, whatever a caller sends. */
const MAX_COMPARED_CHARACTERS = 64;

/**
 * The slugs most like `text`: shared words count, and so does the edit distance, so that both a typo and a forgotten
 * author find their model. Empty text finds nothing.
 */
export function nearestSlugs(slugs: readonly string[], text: string, count: number): string[] {
  const wanted = text.trim().toLowerCase().slice(0, MAX_COMPARED_CHARACTERS);
  if (wanted === "") return [];
  const wantedWords = words(wanted);
  return slugs
    .map((slug) => ({ slug, score: similarity(wanted, wantedWords, slug) }))
    .sort((a, b) => b.score - a.score || (a.slug < b.slug ? -1 : 1))
    .slice(0, count)
    .map(({ slug }) => slug);
}

function similarity(wanted: string, wantedWords: ReadonlySet<string>, slug: string): number {
  const name = slug.slice(slug.indexOf("/") + 1);
  const closeness = Math.max(editCloseness(wanted, slug), editCloseness(wanted, name));
  return closeness + wordOverlap(wantedWords, words(slug));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/[^a-z0-9]+/).filter((word) => word !== ""));
}

/** Shared words over all words (Jaccard): 0 … 1. */
function wordOverlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** 1 − Levenshtein distance ÷ longer length: 0 … 1. */
function editCloseness(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - editDistance(a, b) / longer;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
