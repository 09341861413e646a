import { type SQL, sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { NanoUsd } from "@/server/platform/money";

export const USAGE_GROUPS = ["model", "provider", "project", "member", "key"] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;
const MAX_ROWS = 5_000;

/** Columns of the roll-up by the dimension that they hold. */
const COLUMNS: Readonly<Record<UsageGroup, SQL>> = {
  model: sql.raw("model_slug"),
  provider: sql.raw("provider_slug"),
  project: sql.raw("project_id"),
  member: sql.raw("member_id"),
  key: sql.raw("key_id"),
};

/** Sums over requests that ended. */
export interface UsageFigures {
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: NanoUsd;
  /** Sums of milliseconds and over how many requests, so that means of several rows can be taken. */
  readonly latency: Mean;
  /** To the first token; streamed requests only. */
  readonly ttft: Mean;
}

export interface Mean {
  readonly sumMs: number;
  readonly count: number;
}

/** Whole milliseconds; null when there was nothing to measure. */
export function meanMs({ sumMs, count }: Mean): number | null {
  return count === 0 ? null : Math.round(sumMs / count);
}

export interface UsageRow extends UsageFigures {
  /** `YYYY-MM-DD` in the zone that was asked for; null when the span was not split into days. */
  readonly day: string | null;
  /** Value of each dimension that was asked for; '' for a request without one. */
  readonly groups: Readonly<Partial<Record<UsageGroup, string>>>;
}

export interface UsageQuery {
  readonly organizationId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly groupBy: readonly UsageGroup[];
  readonly byDay: boolean;
  /** IANA name. Days follow it; hours are the grain, so a zone off by half an hour is rounded to the hour. */
  readonly timeZone?: string;
  readonly filters?: Readonly<Partial<Record<UsageGroup, string | null | undefined>>>;
}

/**
 * Usage from the hourly roll-ups, exact at every instant, dearest first within a day.
 * @throws AppError invalid_request for a span that is empty, longer than 366 days, or falls into more than 5,000 rows
 */
export async function readUsage(db: Executor, query: UsageQuery): Promise<UsageRow[]> {
  requireSpan(query);
  const groups = query.groupBy.map((group) => sql`${COLUMNS[group]} AS ${sql.identifier(group)}`);
  const day = query.byDay
    ? [sql`to_char(hour AT TIME ZONE ${query.timeZone ?? "UTC"}, 'YYYY-MM-DD') AS day`]
    : [];
  const dimensions = [...day, ...groups];
  const positions = dimensions.map((_, index) => sql.raw(String(index + 1)));
  const by = dimensions.length > 0 ? sql` GROUP BY ${sql.join(positions, sql`, `)}` : sql``;
  const select = sql.join([...dimensions, FIGURES], sql`, `);
  const result = await db.execute<Record<string, string | bigint>>(sql`
    SELECT ${select} FROM usage_by_hour WHERE ${conditionsOf(query)}${by}
    ORDER BY ${query.byDay ? sql`day, ` : sql``}cost DESC, requests DESC LIMIT ${MAX_ROWS + 1}`);
  if (result.rows.length > MAX_ROWS) {
    throw new AppError("invalid_request", {
      message: `This is more than ${MAX_ROWS} rows. Ask for a shorter span, fewer dimensions, or filter.`,
    });
  }
  return result.rows.map((row) => toRow(row, query));
}

const FIGURES = sql.raw(
  [
    ["requests", "requests"],
    ["failed", "failed"],
    ["input_tokens", "input"],
    ["cached_input_tokens", "cached"],
    ["output_tokens", "output"],
    ["cost", "cost"],
    ["latency_ms_sum", "latency_sum"],
    ["latency_count", "latency_count"],
    ["ttft_ms_sum", "ttft_sum"],
    ["ttft_count", "ttft_count"],
  ]
    .map(([column, name]) => `coalesce(sum(${column}), 0)::bigint AS ${name}`)
    .join(", "),
);

function conditionsOf({ organizationId, fromMs, toMs, filters = {} }: UsageQuery): SQL {
  const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const chosen = USAGE_GROUPS.flatMap((group) => {
    const value = filters[group];
    return value === null || value === undefined ? [] : [sql`${COLUMNS[group]} = ${value}`];
  });
  const span = sql`organization_id = ${organizationId} AND hour >= ${instant(fromMs)} AND hour < ${instant(toMs)}`;
  return sql.join([span, ...chosen], sql` AND `);
}

function requireSpan({ fromMs, toMs, timeZone }: UsageQuery): void {
  if (!(fromMs < toMs))
    throw new AppError("invalid_request", { message: "The span is empty.", param: "from" });
  if (toMs - fromMs > (MAX_DAYS + 1) * DAY_MS)
    throw new AppError("invalid_request", { message: `A span has at most ${MAX_DAYS} days.`, param: "from" });
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new AppError("invalid_request", {
      message: "`time_zone` must be an IANA name, such as Europe/Berlin.",
      param: "time_zone",
    });
  }
}

/** Names only: Postgres would also take `UTC+3`, with the sign the other way round. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name) || /^UTC[+-]/i.test(name)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

function toRow(row: Record<string, string | bigint>, query: UsageQuery): UsageRow {
  return {
    day: query.byDay ? String(row.day) : null,
    groups: Object.fromEntries(query.groupBy.map((group) => [group, String(row[group] ?? "")])),
    requests: Number(row.requests),
    failed: Number(row.failed),
    inputTokens: Number(row.input),
    cachedInputTokens: Number(row.cached),
    outputTokens: Number(row.output),
    costNanoUsd: BigInt(row.cost ?? 0n),
    latency: { sumMs: Number(row.latency_sum), count: Number(row.latency_count) },
    ttft: { sumMs: Number(row.ttft_sum), count: Number(row.ttft_count) },
  };
}
