import type pg from "pg";
import { AppError } from "@/server/platform/errors";

/** The least that the ledger needs of a connection pool: a parameterised statement. */
export type StatementRunner = Pick<pg.Pool, "query">;

const STATEMENT_TIMEOUT_MS = 2_000;

/**
 * One call of a SQL function, sent at most twice with the same values (every function is idempotent by request id).
 * @throws AppError `service_unavailable` when there is no answer: no verdict is never taken for a yes.
 */
export async function callFunction<Row extends pg.QueryResultRow>(
  pool: StatementRunner,
  text: string,
  values: readonly unknown[],
): Promise<{ rows: readonly Row[]; repeated: boolean }> {
  let cause: unknown;
  for (const repeated of [false, true]) {
    try {
      const query = { text, values: [...values], query_timeout: STATEMENT_TIMEOUT_MS };
      return { rows: (await pool.query<Row>(query)).rows, repeated };
    } catch (reason) {
      cause = reason;
      if (isAboutData(reason)) break;
    }
  }
  throw new AppError("service_unavailable", {
    message: "We could not reserve money for this request, so it was not sent to a provider. Please retry.",
    internal: cause instanceof Error ? cause.message : String(cause),
    cause,
    retryAfterSeconds: 1,
  });
}

/**
 * True when Postgres refused the values themselves (SQLSTATE classes 22 and 54: data exception, program limit exceeded).
 * The same statement would fail again, and other values beside them would be refused for nothing.
 */
export function isAboutData(reason: unknown): boolean {
  const cause = AppError.is(reason) ? reason.cause : reason;
  return cause instanceof Error && "code" in cause && /^(22|54)/.test(String(cause.code));
}

/** What JSON may escape and `jsonb` refuses: NUL, and halves of surrogate pairs. */
const REFUSED_BY_JSONB = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const MAY_BE_REFUSED = /\\u(?:0000|d[89a-f])/i;

/**
 * JSON for `jsonb` parameters. Amounts are strings of digits in it, which Postgres reads back as bigint. Characters that Postgres
 * cannot store are replaced: a provider's odd finish reason must not keep a request, and those batched with it, unsettled.
 */
export function toJsonb(value: unknown): string {
  const text = JSON.stringify(value);
  return MAY_BE_REFUSED.test(text) ? JSON.stringify(storable(JSON.parse(text))) : text;
}

function storable(value: unknown): unknown {
  if (typeof value === "string") return value.replace(REFUSED_BY_JSONB, "\ufffd");
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storable(name), storable(inner)]));
}
