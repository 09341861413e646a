import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { NanoUsd } from "@/server/platform/money";

const DAY_MS = 24 * 60 * 60 * 1_000;
const MAX_DAYS = 366;

/** What was spent on one UTC day, corrections included, and how many requests ended, whether or not they cost anything. */
export interface DaySpend {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly costNanoUsd: NanoUsd;
  readonly requests: number;
}

/**
 * Spend per UTC day from the hourly roll-up, exact at every instant, every day of the span present, also those without any.
 * @param input.fromMs first instant, at a UTC midnight; toMs: the first instant after the span
 * @throws AppError invalid_request for a span of more than 366 days
 */
export async function spendByDay(
  db: Executor,
  input: { readonly organizationId: string; readonly fromMs: number; readonly toMs: number },
): Promise<DaySpend[]> {
  const days = Math.ceil((input.toMs - input.fromMs) / DAY_MS);
  if (days > MAX_DAYS) {
    throw new AppError("invalid_request", { message: `A span has at most ${MAX_DAYS} days.`, param: "from" });
  }
  const result = await db.execute<{ day: string; cost: bigint; requests: bigint }>(sql`
    SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(cost)::bigint AS cost, sum(requests)::bigint AS requests
    FROM usage_by_hour WHERE ${spanSql(input)} GROUP BY 1`);
  const byDay = new Map(result.rows.map((row) => [row.day, row]));
  return Array.from({ length: Math.max(days, 0) }, (_, index) => {
    const day = toUtcDay(input.fromMs + index * DAY_MS);
    const row = byDay.get(day);
    return { day, costNanoUsd: row?.cost ?? 0n, requests: Number(row?.requests ?? 0n) };
  });
}

export interface SpendTotals {
  readonly todayNanoUsd: NanoUsd;
  readonly monthNanoUsd: NanoUsd;
}

/** Spend of the UTC day and of the UTC month that `nowMs` lies in. */
export async function spendTotals(
  db: Executor,
  input: { readonly organizationId: string; readonly nowMs: number },
): Promise<SpendTotals> {
  const today = utcMidnightMs(input.nowMs);
  const monthStart = Date.parse(`${toUtcDay(input.nowMs).slice(0, 7)}-01T00:00:00Z`);
  const span = { organizationId: input.organizationId, fromMs: monthStart, toMs: today + DAY_MS };
  const result = await db.execute<{ today: bigint; month: bigint }>(sql`
    SELECT coalesce(sum(cost) FILTER (WHERE hour >= ${toInstant(today)}), 0)::bigint AS today,
      coalesce(sum(cost), 0)::bigint AS month
    FROM usage_by_hour WHERE ${spanSql(span)}`);
  const row = result.rows[0];
  return { todayNanoUsd: row?.today ?? 0n, monthNanoUsd: row?.month ?? 0n };
}

/** The first instant of a UTC day, in milliseconds. */
export function utcMidnightMs(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function spanSql(span: { readonly organizationId: string; readonly fromMs: number; readonly toMs: number }) {
  return sql`organization_id = ${span.organizationId}
    AND hour >= ${toInstant(span.fromMs)} AND hour < ${toInstant(span.toMs)}`;
}

function toInstant(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}

function toUtcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
