import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Further ahead than this is no forecast. */
const MOST_DAYS = 365;

/** How long the balance lasts if things go on as in the last seven days. */
export interface Runway {
  /** Mean of the last seven days. */
  readonly dailySpendNanoUsd: NanoUsd;
  /** One decimal; null without spend, or when it is more than a year. */
  readonly days: number | null;
  readonly emptyAt: Date | null;
}

/** The same figures as those of the low-balance alert: what is the organization's own, by the spend of the last seven days. */
export async function readRunway(db: Executor, organizationId: string, nowMs: number): Promise<Runway> {
  const { rows } = await db.execute<{ total: bigint; daily: bigint }>(sql`
    SELECT total, daily_spend AS daily FROM balance_standing WHERE organization_id = ${organizationId}`);
  const { total = 0n, daily = 0n } = rows[0] ?? {};
  return forecast(total, daily, nowMs);
}

export function forecast(total: NanoUsd, daily: NanoUsd, nowMs: number): Runway {
  const left = total > 0n ? total : 0n;
  const days = daily > 0n ? Number((left * 10n) / daily) / 10 : null;
  if (days === null || days > MOST_DAYS) return { dailySpendNanoUsd: daily, days: null, emptyAt: null };
  return { dailySpendNanoUsd: daily, days, emptyAt: new Date(nowMs + days * DAY_MS) };
}
