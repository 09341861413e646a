import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";
import { requireScope } from "./budgets";
import { toTerms } from "./terms";
import type { BudgetScope, BudgetTerms } from "./types";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 30;
/** Spend before the first of them that a window of the first days can still reach back to. */
const LEAD_DAYS = 31;

/** Spend and requests of one hour of the UTC clock. */
export interface SpendHour {
  readonly startsAtMs: number;
  readonly spentNanoUsd: NanoUsd;
  readonly requests: number;
}

/** What a budget would have done in the last 30 days. */
export interface Simulation {
  readonly fromMs: number;
  readonly toMs: number;
  readonly spentNanoUsd: NanoUsd;
  readonly requests: number;
  /** What a hard budget of these terms would have refused. Requests are an estimate inside the hour in which it was reached. */
  readonly blockedNanoUsd: NanoUsd;
  readonly blockedRequests: number;
  /** First hour with a refusal, and how many had any; null and 0 when nothing would have been refused. */
  readonly firstBlockedAtMs: number | null;
  readonly blockedHours: number;
  /** How often each threshold would have been reached: once per window. */
  readonly alerts: readonly { readonly threshold: number; readonly times: number }[];
}

/**
 * What would this budget have blocked in the last 30 days? From the hourly roll-ups of what was really spent: no sampling,
 * and as fine as an hour.
 * @throws AppError invalid_request (names the field), not_found (scope of another organization, or none)
 */
export async function simulateBudget(
  db: Executor,
  input: { readonly organizationId: string; readonly terms: BudgetTerms; readonly nowMs: number },
): Promise<Simulation> {
  const terms = toTerms(input.terms);
  await requireScope(db, input.organizationId, terms);
  const toMs = input.nowMs - (input.nowMs % HOUR_MS) + HOUR_MS;
  const fromMs = toMs - DAYS * DAY_MS;
  const hours = await readHours(db, input.organizationId, terms, fromMs - LEAD_DAYS * DAY_MS, toMs);
  const before =
    terms.window === "total"
      ? await spentBefore(db, input.organizationId, terms, fromMs - LEAD_DAYS * DAY_MS)
      : 0n;
  return replay(terms, hours, { fromMs, toMs, before });
}

/** The budget walks through the hours as the gate would have: what does not fit is refused and does not count. */
export function replay(
  terms: BudgetTerms,
  hours: readonly SpendHour[],
  span: { readonly fromMs: number; readonly toMs: number; readonly before: NanoUsd },
): Simulation {
  const passed: { startsAtMs: number; nanoUsd: NanoUsd }[] = [];
  const reached = new Map<string, Set<number>>();
  const sum = { spentNanoUsd: 0n, requests: 0, blockedNanoUsd: 0n, blockedRequests: 0, blockedHours: 0 };
  let firstBlockedAtMs: number | null = null;
  for (const hour of hours) {
    const windowStartMs = startOfWindow(terms, hour.startsAtMs);
    while (passed[0] && passed[0].startsAtMs < windowStartMs) passed.shift();
    const used = passed.reduce(
      (total, { nanoUsd }) => total + nanoUsd,
      terms.window === "total" ? span.before : 0n,
    );
    const left = terms.amountNanoUsd > used ? terms.amountNanoUsd - used : 0n;
    const blocked = hour.spentNanoUsd > left ? hour.spentNanoUsd - left : 0n;
    // A soft budget refuses nothing, so all of it counts towards its alerts.
    const counted = terms.isHard ? hour.spentNanoUsd - blocked : hour.spentNanoUsd;
    passed.push({ startsAtMs: hour.startsAtMs, nanoUsd: counted });
    if (hour.startsAtMs < span.fromMs) continue;
    sum.spentNanoUsd += hour.spentNanoUsd;
    sum.requests += hour.requests;
    for (const threshold of terms.thresholds)
      if ((used + counted) * 100n >= terms.amountNanoUsd * BigInt(threshold))
        note(reached, windowName(terms, hour.startsAtMs), threshold);
    if (blocked === 0n) continue;
    firstBlockedAtMs ??= hour.startsAtMs;
    sum.blockedHours += 1;
    sum.blockedNanoUsd += blocked;
    sum.blockedRequests += shareOf(hour, blocked);
  }
  const alerts = terms.thresholds.map((threshold) => ({
    threshold,
    times: [...reached.values()].filter((percents) => percents.has(threshold)).length,
  }));
  return { fromMs: span.fromMs, toMs: span.toMs, ...sum, firstBlockedAtMs, alerts };
}

function note(reached: Map<string, Set<number>>, window: string, threshold: number): void {
  reached.set(window, (reached.get(window) ?? new Set()).add(threshold));
}

/** Of the requests of an hour, the part that its blocked money stands for, at least one. */
function shareOf({ requests, spentNanoUsd }: SpendHour, blocked: NanoUsd): number {
  return Math.max(1, Math.round((requests * Number(blocked)) / Number(spentNanoUsd)));
}

const LENGTH_MS = { "5h": 5 * HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;

/** First instant whose spend still counts in this hour. Windows as `budget_window` draws them, by whole hours. */
function startOfWindow({ window, isRolling }: BudgetTerms, atMs: number): number {
  if (window === "total") return Number.NEGATIVE_INFINITY;
  if (isRolling) return atMs + HOUR_MS - LENGTH_MS[window];
  const at = new Date(atMs);
  const midnightMs = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
  if (window === "5h") return midnightMs + Math.floor(at.getUTCHours() / 5) * 5 * HOUR_MS;
  if (window === "day") return midnightMs;
  if (window === "week") return midnightMs - ((at.getUTCDay() + 6) % 7) * DAY_MS;
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
}

/** A rolling window alerts again when its length has passed; a calendar one with each new window. */
function windowName(terms: BudgetTerms, atMs: number): string {
  if (terms.window === "total") return "total";
  return terms.isRolling
    ? String(Math.floor(atMs / LENGTH_MS[terms.window]))
    : String(startOfWindow(terms, atMs));
}

const COLUMN: Readonly<Record<BudgetScope, string>> = {
  organization: "organization_id",
  project: "project_id",
  member: "member_id",
  key: "key_id",
};

async function readHours(
  db: Executor,
  organizationId: string,
  terms: BudgetTerms,
  fromMs: number,
  toMs: number,
): Promise<SpendHour[]> {
  const { rows } = await db.execute<{ hour_ms: bigint; spent: bigint; requests: bigint }>(sql`
    SELECT (extract(epoch FROM hour) * 1000)::bigint AS hour_ms, sum(cost)::bigint AS spent, sum(requests)::bigint AS requests
    FROM usage_by_hour
    WHERE organization_id = ${organizationId} AND ${sql.identifier(COLUMN[terms.scope])} = ${terms.scopeId}
      AND hour >= ${new Date(fromMs)} AND hour < ${new Date(toMs)}
    GROUP BY hour HAVING sum(cost) > 0 ORDER BY hour`);
  return rows.map((row) => ({
    startsAtMs: Number(row.hour_ms),
    spentNanoUsd: row.spent,
    requests: Number(row.requests),
  }));
}

async function spentBefore(
  db: Executor,
  organizationId: string,
  terms: BudgetTerms,
  untilMs: number,
): Promise<NanoUsd> {
  const { rows } = await db.execute<{ spent: bigint }>(sql`
    SELECT coalesce(sum(cost), 0)::bigint AS spent FROM usage_by_hour
    WHERE organization_id = ${organizationId} AND ${sql.identifier(COLUMN[terms.scope])} = ${terms.scopeId}
      AND hour < ${new Date(untilMs)}`);
  return rows[0]?.spent ?? 0n;
}
