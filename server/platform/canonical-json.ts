/**
 * JSON with one possible spelling, for hashes and signatures: object keys in the order of their UTF-16 units, no spaces,
 * absent members left out (RFC 8785 for the values that we use). A bigint is written as a decimal string, a Date as ISO
 * text in UTC with milliseconds, so that anybody can write the same bytes from an export.
 * @throws TypeError for a number that is not finite, and for values that JSON does not have
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `"${value}"`;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError("a number that is not finite has no JSON");
    return JSON.stringify(value);
  }
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map((inner) => canonicalJson(inner ?? null)).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
    return `{${members.join(",")}}`;
  }
  throw new TypeError(`${typeof value} has no JSON`);
}
