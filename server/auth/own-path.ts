/** Only its path is looked at; the host never exists (RFC 6761 §6.4). */
const SOMEWHERE = "https://own.invalid";

/**
 * A path of this site to go on to, or `fallback` for anything that could lead elsewhere. A leaf: the browser uses it too.
 * @param next as it came in the query, decoded once
 */
export function ownPath(next: unknown, fallback: string): string {
  if (typeof next !== "string" || !isPlainPath(next)) return fallback;
  const url = parse(next);
  if (!url || url.origin !== SOMEWHERE) return fallback;
  // Again after `..` was resolved and once more decoded, because a proxy in front may decode too.
  const path = `${url.pathname}${url.search}${url.hash}`;
  return isPlainPath(path) && isPlainPath(decoded(url.pathname)) ? path : fallback;
}

function isPlainPath(text: string): boolean {
  return /^\/(?!\/)/.test(text) && !/[\\\p{Cc}]/u.test(text);
}

function parse(text: string): URL | null {
  try {
    return new URL(text, SOMEWHERE);
  } catch {
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
