export interface Difference {
  /** Path of the field: `keys.maxLifetimeDays`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

const ABSENT = "–";

/** What differs between two details, field by field; with one of them only, every field of it. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const old = flatten(before);
  const young = flatten(after);
  const fields = [...new Set([...old.keys(), ...young.keys()])];
  return fields
    .map((field) => ({ field, before: old.get(field) ?? ABSENT, after: young.get(field) ?? ABSENT }))
    .filter((row) => row.before !== row.after);
}

function flatten(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${name}` : name, into);
  } else if (value !== null && value !== undefined) {
    into.set(path || "value", typeof value === "string" ? value : JSON.stringify(value));
  }
  return into;
}
