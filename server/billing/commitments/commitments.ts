import { and, desc, eq, inArray } from "drizzle-orm";
import { commitment } from "@/db/schema";
import { type EventType, emitEvent } from "@/server/events";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";

export type CommitmentRow = typeof commitment.$inferSelect;
export type CommitmentStatus = CommitmentRow["status"];

/** Accepted and not ended: an organization has at most one. */
export const LIVE_STATUSES: readonly CommitmentStatus[] = ["accepted", "active", "past_due"];

/** A commitment as its organization sees it. */
export type Commitment = Pick<
  CommitmentRow,
  | "id"
  | "organizationId"
  | "status"
  | "yearlyNanoUsd"
  | "discountBasisPoints"
  | "schedule"
  | "slaTier"
  | "note"
  | "createdAt"
  | "validUntil"
  | "acceptedAt"
  | "payBy"
  | "invoiceUrl"
  | "startedAt"
  | "periodStart"
  | "periodEnd"
  | "endsAt"
  | "endedAt"
>;

export const commitmentColumns = {
  id: commitment.id,
  organizationId: commitment.organizationId,
  status: commitment.status,
  yearlyNanoUsd: commitment.yearlyNanoUsd,
  discountBasisPoints: commitment.discountBasisPoints,
  schedule: commitment.schedule,
  slaTier: commitment.slaTier,
  note: commitment.note,
  createdAt: commitment.createdAt,
  validUntil: commitment.validUntil,
  acceptedAt: commitment.acceptedAt,
  payBy: commitment.payBy,
  invoiceUrl: commitment.invoiceUrl,
  startedAt: commitment.startedAt,
  periodStart: commitment.periodStart,
  periodEnd: commitment.periodEnd,
  endsAt: commitment.endsAt,
  endedAt: commitment.endedAt,
};

export interface CommitmentName {
  readonly organizationId: string;
  readonly commitmentId: string;
}

export function named({ organizationId, commitmentId }: CommitmentName) {
  return and(eq(commitment.id, commitmentId), eq(commitment.organizationId, organizationId));
}

/** @throws AppError not_found, the same for a commitment of another organization and for none */
export async function readCommitment(db: Executor, name: CommitmentName): Promise<CommitmentRow> {
  const [row] = await db.select().from(commitment).where(named(name));
  if (!row) throw new AppError("not_found", { message: "There is no such commitment." });
  return row;
}

/** Newest first, for the operator; of all organizations without a filter. At most 200. */
export function listCommitments(
  db: Executor,
  filter: {
    readonly id?: string;
    readonly organizationId?: string;
    readonly statuses?: readonly CommitmentStatus[];
  } = {},
): Promise<Commitment[]> {
  return db
    .select(commitmentColumns)
    .from(commitment)
    .where(
      and(
        filter.id ? eq(commitment.id, filter.id) : undefined,
        filter.organizationId ? eq(commitment.organizationId, filter.organizationId) : undefined,
        filter.statuses ? inArray(commitment.status, [...filter.statuses]) : undefined,
      ),
    )
    .orderBy(desc(commitment.id))
    .limit(200);
}

/** Writes an event of a commitment, in the transaction of the fact. One that never began tells nothing. */
export async function tellOfCommitment(
  tx: Executor,
  type: Extract<EventType, `subscription.${string}`>,
  row: Pick<
    CommitmentRow,
    "id" | "organizationId" | "status" | "yearlyNanoUsd" | "periodStart" | "periodEnd"
  >,
): Promise<void> {
  if (!row.periodStart || !row.periodEnd) return;
  const data = {
    commitment_id: row.id,
    status: row.status,
    yearly_amount_usd: toDecimalUsd(row.yearlyNanoUsd),
    period_start: row.periodStart.toISOString(),
    period_end: row.periodEnd.toISOString(),
  };
  await emitEvent(tx, { organizationId: row.organizationId, type, data });
}
