import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { endpointMinute } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { addCounts, type HealthCounts, type HealthSummary, noCounts, summarize } from "./health-window";

const MINUTE_MS = 60_000;
/** Status pages look back this far. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

/** Adds what a process has seen since its last call to the history. Called again within a minute, the counts add up. */
export async function writeHistory(
  db: Executor,
  instance: string,
  nowMs: number,
  counts: ReadonlyMap<string, HealthCounts>,
): Promise<void> {
  if (counts.size === 0) return;
  const minute = new Date(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS);
  const merged = await withEarlier(db, instance, minute, counts);
  await db
    .insert(endpointMinute)
    .values([...merged].map(([endpointId, sum]) => ({ endpointId, minute, instance, ...sum })))
    .onConflictDoUpdate({
      target: [endpointMinute.endpointId, endpointMinute.minute, endpointMinute.instance],
      set: {
        requests: sql`excluded.requests`,
        failures: sql`excluded.failures`,
        rateLimited: sql`excluded.rate_limited`,
        firstTokenMs: sql`excluded.first_token_ms`,
        durationMs: sql`excluded.duration_ms`,
        tokensPerSecond: sql`excluded.tokens_per_second`,
      },
    });
}

/** Only this process writes rows of its own instance, so reading before writing loses nothing. */
async function withEarlier(
  db: Executor,
  instance: string,
  minute: Date,
  counts: ReadonlyMap<string, HealthCounts>,
): Promise<Map<string, HealthCounts>> {
  const merged = new Map([...counts].map(([id, own]) => [id, structuredClone(own)]));
  const rows = await db
    .select()
    .from(endpointMinute)
    .where(
      and(
        inArray(endpointMinute.endpointId, [...counts.keys()]),
        eq(endpointMinute.minute, minute),
        eq(endpointMinute.instance, instance),
      ),
    );
  for (const row of rows) {
    const sum = merged.get(row.endpointId);
    if (sum) addCounts(sum, row);
  }
  return merged;
}

interface Span {
  readonly endpointIds: readonly string[];
  readonly minutes: number;
}

/**
 * Counts of endpoints over the last `minutes`, from the history, summed up where it is kept: a day of a busy endpoint is
 * thousands of rows. An endpoint without traffic is absent.
 */
export async function readCounts(
  db: Executor,
  nowMs: number,
  { endpointIds, minutes }: Span,
): Promise<Map<string, HealthCounts>> {
  if (endpointIds.length === 0) return new Map();
  const within = sql`${inArray(endpointMinute.endpointId, [...endpointIds])}
    AND minute >= ${new Date(nowMs - minutes * MINUTE_MS).toISOString()}`;
  const sums = await db.execute<{ endpointId: string } & Record<(typeof SUMS)[number], number>>(sql`
    SELECT endpoint_id AS "endpointId", sum(requests)::int AS requests, sum(failures)::int AS failures,
      sum(rate_limited)::int AS "rateLimited"
    FROM endpoint_minute WHERE ${within} GROUP BY 1`);
  const buckets = await db.execute<{
    endpointId: string;
    what: HistogramName;
    bucket: number;
    count: number;
  }>(sql`
    SELECT endpoint_id AS "endpointId", what, bucket::int AS bucket, sum(count::int)::int AS count
    FROM endpoint_minute, LATERAL (
      SELECT 'firstTokenMs' AS what, * FROM jsonb_each_text(first_token_ms)
      UNION ALL SELECT 'durationMs', * FROM jsonb_each_text(duration_ms)
      UNION ALL SELECT 'tokensPerSecond', * FROM jsonb_each_text(tokens_per_second)
    ) AS entry (what, bucket, count)
    WHERE ${within} GROUP BY 1, 2, 3`);
  const counts = new Map<string, HealthCounts>();
  for (const { endpointId, ...sum } of sums.rows) counts.set(endpointId, { ...noCounts(), ...sum });
  for (const { endpointId, what, bucket, count } of buckets.rows) {
    const entry = counts.get(endpointId);
    if (entry) entry[what][bucket] = count;
  }
  return counts;
}
const SUMS = ["requests", "failures", "rateLimited"] as const;
type HistogramName = "firstTokenMs" | "durationMs" | "tokensPerSecond";

/** The same, summed up for people and routing. */
export async function readHistory(
  db: Executor,
  nowMs: number,
  span: Span,
): Promise<Map<string, HealthSummary>> {
  const sums = await readCounts(db, nowMs, span);
  return new Map([...sums].map(([id, sum]) => [id, summarize(sum)]));
}

/** Successful share of the last 24 hours by endpoint, 0 to 1. An endpoint without judged traffic is absent. */
export async function readDayShares(
  db: Executor,
  nowMs: number,
  endpointIds: readonly string[],
): Promise<Map<string, number>> {
  if (endpointIds.length === 0) return new Map();
  const judged = sql<string>`sum(${endpointMinute.requests} - ${endpointMinute.rateLimited})`;
  const rows = await db
    .select({
      endpointId: endpointMinute.endpointId,
      judged,
      failures: sql<string>`sum(${endpointMinute.failures})`,
    })
    .from(endpointMinute)
    .where(
      and(
        inArray(endpointMinute.endpointId, [...endpointIds]),
        gte(endpointMinute.minute, new Date(nowMs - DAY_MS)),
      ),
    )
    .groupBy(endpointMinute.endpointId)
    .having(sql`${judged} > 0`);
  return new Map(
    rows.map((row) => [row.endpointId, (Number(row.judged) - Number(row.failures)) / Number(row.judged)]),
  );
}

/** One day of an endpoint, UTC. */
export interface HealthDay {
  readonly endpointId: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly requests: number;
  readonly failures: number;
}

/** Requests and failures per endpoint and day, oldest first: the bars of the status page. */
export async function readHealthDays(db: Executor, nowMs: number, days: number): Promise<HealthDay[]> {
  const { rows } = await db.execute<{
    endpointId: string;
    day: string;
    requests: string;
    failures: string;
  }>(sql`
    SELECT endpoint_id AS "endpointId", to_char(minute AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
      sum(requests - rate_limited)::text AS requests, sum(failures)::text AS failures
    FROM endpoint_minute WHERE minute >= ${new Date(nowMs - days * DAY_MS).toISOString()}
    GROUP BY 1, 2 ORDER BY 2, 1`);
  return rows.map((row) => ({ ...row, requests: Number(row.requests), failures: Number(row.failures) }));
}

/** Forgets what no page shows any more. @returns rows deleted */
export async function pruneHistory(db: Executor, nowMs: number): Promise<number> {
  const deleted = await db
    .delete(endpointMinute)
    .where(lt(endpointMinute.minute, new Date(nowMs - KEPT_DAYS * DAY_MS)))
    .returning({ id: endpointMinute.endpointId });
  return deleted.length;
}
