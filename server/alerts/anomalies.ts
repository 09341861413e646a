import { sql } from "drizzle-orm";
import { alertSettings, spendAnomaly, usageHour } from "@/db/schema";
import { emitEvent } from "@/server/events";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { fromCents, toDecimalUsd } from "@/server/platform/money";

/**
 * The rule, as /docs/budgets tells it. An hour of the UTC clock is unusual when it costs at least the organization's minimum
 * and more than {@link TIMES} times the usual. The usual is the larger of two figures of the {@link DAYS} days before it: the
 * mean of the hours in which anything was spent, and the most that this hour of the day has cost. The first is the level;
 * the second keeps a nightly batch from being told every night. An organization whose first spend is younger than a day has
 * no usual yet. Told at most once in 24 hours.
 */
const TIMES = 4;
const DAYS = 7;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_MINIMUM = fromCents(10_00n);
const LOCK = 7_340_002;

interface Found extends Record<string, unknown> {
  readonly organization_id: string;
  readonly hour_ms: bigint;
  readonly spent: bigint;
  readonly usual: bigint;
  readonly top_key_id: string;
  readonly top_model: string;
}

/** Looks at the hour that runs and the one before it. Any number at once, and late. @returns how many were told of */
export async function raiseAnomalies(db: Database, clock: Clock): Promise<number> {
  const nowMs = clock.nowMs();
  return db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCK})`);
    const { rows } = await tx.execute<Found>(unusualHours(nowMs));
    for (const row of rows) {
      const hour = new Date(Number(row.hour_ms));
      await tx.insert(spendAnomaly).values({
        id: newId("alert"),
        organizationId: row.organization_id,
        hour,
        spent: row.spent,
        usual: row.usual,
        raisedAt: new Date(nowMs),
      });
      await emitEvent(tx, {
        organizationId: row.organization_id,
        type: "spend.anomaly",
        data: {
          hour: hour.toISOString(),
          spent_usd: toDecimalUsd(row.spent),
          usual_usd: toDecimalUsd(row.usual),
          top_key_id: row.top_key_id,
          top_model: row.top_model,
        },
      });
    }
    return rows.length;
  });
}

/** One row for each organization: its dearest unusual hour of the two, unless it was told of one within a day. */
function unusualHours(nowMs: number) {
  const thisHour = new Date(nowMs - (nowMs % HOUR_MS));
  const from = new Date(thisHour.getTime() - HOUR_MS);
  return sql`
    WITH hours AS (
      SELECT organization_id, hour, sum(cost)::bigint AS spent FROM usage_by_hour
      WHERE hour >= ${from} AND hour <= ${thisHour} GROUP BY 1, 2
    ), candidates AS (
      SELECT h.* FROM hours h LEFT JOIN ${alertSettings} s USING (organization_id)
      WHERE coalesce(s.is_anomaly_on, true) AND h.spent >= coalesce(s.anomaly_minimum, ${DEFAULT_MINIMUM})
        AND NOT EXISTS (SELECT 1 FROM ${spendAnomaly} a
          WHERE a.organization_id = h.organization_id AND (a.hour = h.hour OR a.raised_at > ${new Date(nowMs - DAY_MS)}))
        AND EXISTS (SELECT 1 FROM ${usageHour} u
          WHERE u.organization_id = h.organization_id AND u.hour <= h.hour - interval '1 day' AND u.cost > 0)
    ), judged AS (
      SELECT c.*, greatest(x.level, x.same_hour) AS usual FROM candidates c CROSS JOIN LATERAL (
        SELECT coalesce(avg(b.spent), 0)::bigint AS level,
          coalesce(max(b.spent) FILTER (WHERE extract(hour FROM b.hour AT TIME ZONE 'UTC') =
            extract(hour FROM c.hour AT TIME ZONE 'UTC')), 0)::bigint AS same_hour
        FROM (SELECT v.hour, sum(v.cost) AS spent FROM usage_by_hour v
          WHERE v.organization_id = c.organization_id AND v.hour < c.hour AND v.hour >= c.hour - make_interval(days => ${DAYS})
          GROUP BY 1 HAVING sum(v.cost) > 0) b) x
    )
    SELECT DISTINCT ON (j.organization_id) j.organization_id, (extract(epoch FROM j.hour) * 1000)::bigint AS hour_ms,
      j.spent, j.usual, t.key_id AS top_key_id, t.model_slug AS top_model
    FROM judged j CROSS JOIN LATERAL (
      SELECT v.key_id, v.model_slug FROM usage_by_hour v WHERE v.organization_id = j.organization_id AND v.hour = j.hour
      GROUP BY 1, 2 ORDER BY sum(v.cost) DESC LIMIT 1) t
    WHERE j.spent > j.usual * ${TIMES}
    ORDER BY j.organization_id, j.spent DESC`;
}
