import { stringify } from "csv-stringify/sync";
import { type SQL, sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";
import { loggedConditions, type RequestFilters, when } from "./request-filters";

export const REQUEST_EXPORT_FORMATS = ["csv", "ndjson"] as const;
export type RequestExportFormat = (typeof REQUEST_EXPORT_FORMATS)[number];

const READ_AT_ONCE = 1_000;

const COLUMNS = [
  "id",
  "request_id",
  "created_at",
  "outcome",
  "http_status",
  "error_code",
  "finish_reason",
  "model",
  "requested_model",
  "provider",
  "api",
  "streamed",
  "key_id",
  "key_name",
  "project_id",
  "project_name",
  "member_id",
  "input_tokens",
  "output_tokens",
  "cost_usd",
  "ttft_ms",
  "latency_ms",
  "attempts",
] as const;
type ExportedRow = Readonly<Record<(typeof COLUMNS)[number], unknown>>;

/** What an export or a count of ended requests is about. */
export interface RequestSelection {
  readonly organizationId: string;
  readonly filters: RequestFilters;
}

/**
 * The requests that have ended and match the filters, newest first, one portion of lines at a time: a log has no bound.
 * Cells that begin like a formula are escaped in CSV, so that the name of a key cannot become one. Costs are decimal USD.
 */
export async function* exportRequests(
  db: Executor,
  { organizationId, filters }: RequestSelection,
  format: RequestExportFormat,
): AsyncGenerator<string> {
  if (format === "csv") yield stringify([[...COLUMNS]]);
  const conditions = loggedConditions(organizationId, filters);
  let cursor: string | null = null;
  while (conditions) {
    const rows: readonly ExportedRow[] = await readRows(db, conditions, cursor);
    if (rows.length > 0) yield format === "csv" ? toCsv(rows) : toLines(rows);
    if (rows.length < READ_AT_ONCE) return;
    cursor = String(rows.at(-1)?.id);
  }
}

/**
 * How many lines an export will have, from the roll-ups, which know no outcomes and no ids: null for such filters. Good
 * enough for a progress bar; requests that end meanwhile are not in it.
 */
export async function expectedExportRows(
  db: Executor,
  { organizationId, filters }: RequestSelection,
): Promise<number | null> {
  if (filters.outcome || filters.search) return null;
  const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const result = await db.execute<{ requests: bigint }>(sql`
    SELECT coalesce(sum(requests), 0)::bigint AS requests FROM usage_by_hour WHERE organization_id = ${organizationId}
      ${when(filters.model, (value) => sql`AND model_slug = ${value}`)}
      ${when(filters.provider, (value) => sql`AND provider_slug = ${value}`)}
      ${when(filters.projectId, (value) => sql`AND project_id = ${value}`)}
      ${when(filters.memberId, (value) => sql`AND member_id = ${value}`)}
      ${when(filters.keyId, (value) => sql`AND key_id = ${value}`)}
      ${when(filters.fromMs, (ms) => sql`AND hour >= ${instant(ms)}`)}
      ${when(filters.toMs, (ms) => sql`AND hour < ${instant(ms)}`)}`);
  return Number(result.rows[0]?.requests ?? 0n);
}

async function readRows(db: Executor, conditions: SQL, cursor: string | null): Promise<ExportedRow[]> {
  const result = await db.execute<Record<string, unknown>>(sql`
    SELECT r.*, coalesce(k.name, '') AS key_name, coalesce(p.name, '') AS project_name FROM (
      SELECT id, request_id, (extract(epoch FROM created_at) * 1000)::bigint AS created_ms, outcome, http_status, error_code,
        finish_reason, model_slug AS model, requested_model, provider_slug AS provider, api, streamed, key_id, project_id,
        member_id, input_tokens, output_tokens, cost, ttft_ms, latency_ms, attempts
      FROM request_log WHERE ${conditions} ${when(cursor, (id) => sql`AND id < ${id}`)}
      ORDER BY id DESC LIMIT ${READ_AT_ONCE}
    ) r LEFT JOIN api_key k ON k.id = r.key_id LEFT JOIN project p ON p.id = r.project_id
    ORDER BY r.id DESC`);
  return result.rows.map(
    ({ cost, created_ms, ...row }) =>
      ({
        ...row,
        created_at: new Date(Number(created_ms)).toISOString(),
        cost_usd: toDecimalUsd(BigInt(String(cost))),
      }) as unknown as ExportedRow,
  );
}

function toCsv(rows: readonly ExportedRow[]): string {
  const cells = rows.map((row) =>
    COLUMNS.map((column) => {
      const value = row[column];
      if (Array.isArray(value)) return value.length;
      return typeof value === "boolean" ? String(value) : value;
    }),
  );
  return stringify(cells, { escape_formulas: true });
}

function toLines(rows: readonly ExportedRow[]): string {
  return rows
    .map((row) => `${JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, row[name]])))}\n`)
    .join("");
}
