import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";

/** What one key has spent, from the hourly roll-up: ever, and in the UTC day, week (from Monday) and month that it is now. */
export interface KeySpend {
  readonly totalNanoUsd: NanoUsd;
  readonly dayNanoUsd: NanoUsd;
  readonly weekNanoUsd: NanoUsd;
  readonly monthNanoUsd: NanoUsd;
}

export async function spendOfKey(
  db: Executor,
  key: { readonly organizationId: string; readonly keyId: string },
): Promise<KeySpend> {
  const since = (unit: "day" | "week" | "month") =>
    sql`date_trunc(${sql.raw(`'${unit}'`)}, now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;
  const sumSince = (unit: "day" | "week" | "month") =>
    sql`coalesce(sum(cost) FILTER (WHERE hour >= ${since(unit)}), 0)::bigint`;
  const { rows } = await db.execute<{ total: bigint; day: bigint; week: bigint; month: bigint }>(sql`
    SELECT coalesce(sum(cost), 0)::bigint AS total, ${sumSince("day")} AS day, ${sumSince("week")} AS week, ${sumSince("month")} AS month
    FROM usage_by_hour WHERE organization_id = ${key.organizationId} AND key_id = ${key.keyId}`);
  const row = rows[0];
  return {
    totalNanoUsd: row?.total ?? 0n,
    dayNanoUsd: row?.day ?? 0n,
    weekNanoUsd: row?.week ?? 0n,
    monthNanoUsd: row?.month ?? 0n,
  };
}
