import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { commitment, order } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";
import { PAID_STATUSES } from "../order-states";
import { type Commitment, commitmentColumns } from "./commitments";
import { periodOf, termAt } from "./terms";

/** How the running year of a commitment goes, nano-USD. */
export interface CommitmentStanding {
  readonly termStart: Date;
  readonly termEnd: Date;
  readonly yearlyNanoUsd: NanoUsd;
  /** Credited by the periods that were paid in this year. */
  readonly creditedNanoUsd: NanoUsd;
  /** Everything that the organization spent on requests in this year. */
  readonly usedNanoUsd: NanoUsd;
  /** What would have been spent by now at an even pace. */
  readonly expectedNanoUsd: NanoUsd;
  /** How far spending is behind that pace: what stays unused at the end of the year if it goes on like this. */
  readonly shortfallNanoUsd: NanoUsd;
}

export interface CommitmentView {
  /** An offer that can be accepted now. */
  readonly quote: Commitment | null;
  /** The one that runs or waits for its first payment, or else the last that ended. */
  readonly current: Commitment | null;
  readonly standing: CommitmentStanding | null;
  /** What a period costs and credits, of the current one. */
  readonly period: { readonly creditNanoUsd: NanoUsd; readonly priceNanoUsd: NanoUsd } | null;
  /** Paid periods, newest first, at most 12. */
  readonly periods: readonly {
    readonly orderId: string;
    readonly paidAt: Date | null;
    readonly priceNanoUsd: NanoUsd;
    readonly creditNanoUsd: NanoUsd;
    readonly status: (typeof order.$inferSelect)["status"];
  }[];
}

/** Everything that the billing page shows of commitments. */
export async function viewCommitment(
  db: Executor,
  organizationId: string,
  clock: Clock,
): Promise<CommitmentView> {
  const rows = await db
    .select(commitmentColumns)
    .from(commitment)
    .where(
      and(
        eq(commitment.organizationId, organizationId),
        inArray(commitment.status, ["quoted", "accepted", "active", "past_due", "canceled"]),
      ),
    )
    .orderBy(desc(commitment.id))
    .limit(20);
  const quote = rows.find(
    ({ status, validUntil }) => status === "quoted" && validUntil.getTime() > clock.nowMs(),
  );
  const accepted = rows.filter(({ status }) => status !== "quoted");
  const current =
    accepted.find(({ status }) => status !== "canceled") ??
    accepted.find(({ startedAt }) => startedAt) ??
    null;
  return {
    quote: quote ?? null,
    current,
    period: current && periodOf(current),
    standing: current && (await readStanding(db, current, clock)),
    periods: current ? await readPeriods(db, current.id) : [],
  };
}

/** A commitment with what a period of it costs, and how its year goes. */
export async function describeCommitment<Row extends Commitment>(db: Executor, row: Row, clock: Clock) {
  return {
    ...row,
    /** An offer that nobody accepted in time. */
    isLapsed: row.status === "quoted" && row.validUntil.getTime() <= clock.nowMs(),
    period: periodOf(row),
    standing: await readStanding(db, row, clock),
  };
}

/** Null for a commitment that does not run. */
async function readStanding(db: Executor, row: Commitment, clock: Clock): Promise<CommitmentStanding | null> {
  if (!row.startedAt || row.status === "canceled") return null;
  const { start, end } = termAt(row.startedAt, clock.nowMs());
  const { rows } = await db.execute<{ credited: bigint; used: bigint }>(sql`
    SELECT (SELECT coalesce(sum(o.amount_nano_usd + o.bonus_nano_usd), 0)::bigint FROM "order" o
        WHERE o.commitment_id = ${row.id} AND o.paid_at >= ${start.toISOString()}::timestamptz
          AND o.status IN ('paid', 'partially_refunded', 'disputed')) AS credited,
      (SELECT coalesce(sum(h.cost), 0)::bigint FROM usage_by_hour h WHERE h.organization_id = ${row.organizationId}
        AND h.hour >= date_trunc('hour', ${start.toISOString()}::timestamptz)) AS used`);
  const { credited = 0n, used = 0n } = rows[0] ?? {};
  const elapsedMs = BigInt(Math.max(0, clock.nowMs() - start.getTime()));
  const expected = (row.yearlyNanoUsd * elapsedMs) / BigInt(end.getTime() - start.getTime());
  return {
    termStart: start,
    termEnd: end,
    yearlyNanoUsd: row.yearlyNanoUsd,
    creditedNanoUsd: credited,
    usedNanoUsd: used,
    expectedNanoUsd: expected,
    shortfallNanoUsd: expected > used ? expected - used : 0n,
  };
}

function readPeriods(db: Executor, commitmentId: string) {
  return db
    .select({
      orderId: order.id,
      paidAt: order.paidAt,
      priceNanoUsd: order.amountNanoUsd,
      creditNanoUsd: sql<bigint>`(${order.amountNanoUsd} + ${order.bonusNanoUsd})::bigint`,
      status: order.status,
    })
    .from(order)
    .where(and(eq(order.commitmentId, commitmentId), inArray(order.status, [...PAID_STATUSES])))
    .orderBy(desc(order.id))
    .limit(12);
}
