const SECRET_NAME = /secret|password|token|credential|authorization|api[_-]?key$|private/i;
/** What a secret looks like wherever it stands: keys of ours, of providers, bearer tokens. */
const SECRET_VALUE = /\b(dtk_|sk-|whsec_|sk_live_|sk_test_|rk_live_|Bearer )[A-Za-z0-9_\-.=/+]{8,}/g;
/** Text that Postgres cannot keep: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /\0|[\uD800-\uDFFF]/gu;
const MAX_DETAIL_CHARACTERS = 16_384;
const REDACTED = "[redacted]";

/**
 * A detail that may be kept for ever: secrets replaced by name and by look, NUL characters taken out (Postgres has none),
 * and cut when it is larger than 16 KiB.
 */
export function toAuditDetail(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const cleaned = clean(value, 0);
  const size = JSON.stringify(cleaned).length;
  return size > MAX_DETAIL_CHARACTERS ? { cut: true, characters: size } : cleaned;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.replace(UNSTORABLE, "").replace(SECRET_VALUE, REDACTED);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return value ?? null;
  if (depth > 8) return REDACTED;
  if (Array.isArray(value)) return value.map((inner) => clean(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) && inner !== null && typeof inner !== "boolean"
        ? REDACTED
        : clean(inner, depth + 1),
    ]),
  );
}
