import { and, eq } from "drizzle-orm";
import { commitment, organization } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { type Commitment, type CommitmentRow, commitmentColumns } from "./commitments";
import {
  type CommitmentTerms,
  MAX_DISCOUNT_BASIS_POINTS,
  MAX_YEARLY_NANO_USD,
  MIN_YEARLY_NANO_USD,
  periodOf,
} from "./terms";

const DAY_MS = 24 * 60 * 60 * 1_000;
const MAX_NOTE_LENGTH = 2_000;

export interface Quote extends CommitmentTerms {
  readonly organizationId: string;
  /** Days for which it can be accepted, 1 to 90. */
  readonly validDays: number;
  readonly note: string | null;
  readonly by: AuditActor;
}

/**
 * Offers a commitment to an organization. A quote that it had is withdrawn: there is one to accept at a time.
 * @throws AppError invalid_request (terms), not_found (organization)
 */
export async function quoteCommitment(db: Database, clock: Clock, quote: Quote): Promise<Commitment> {
  checkQuote(quote);
  const now = new Date(clock.nowMs());
  return db.transaction(async (tx) => {
    // The organization's row orders quotes that are made at the same moment.
    const [known] = await tx
      .select({ id: organization.id })
      .from(organization)
      .where(eq(organization.id, quote.organizationId))
      .for("no key update");
    if (!known) throw new AppError("not_found", { message: "There is no such organization." });
    await withdraw(tx, clock, quote, eq(commitment.organizationId, quote.organizationId));
    const [made] = await tx
      .insert(commitment)
      .values({
        id: newId("commitment"),
        organizationId: quote.organizationId,
        status: "quoted",
        yearlyNanoUsd: quote.yearlyNanoUsd,
        discountBasisPoints: quote.discountBasisPoints,
        schedule: quote.schedule,
        slaTier: quote.slaTier,
        note: quote.note,
        createdAt: now,
        validUntil: new Date(now.getTime() + quote.validDays * DAY_MS),
      })
      .returning(commitmentColumns);
    if (!made) throw new AppError("internal_error", { message: "The quote was not kept." });
    await audit(tx, clock, quote.by, made, "commitment.quoted");
    return made;
  });
}

/** Takes a quote back. @throws AppError conflict when it is no open quote any more */
export async function withdrawQuote(
  db: Database,
  clock: Clock,
  input: { readonly commitmentId: string; readonly by: AuditActor; readonly reason?: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const gone = await withdraw(tx, clock, input, eq(commitment.id, input.commitmentId));
    if (!gone) throw new AppError("conflict", { message: "There is no open quote of this id." });
  });
}

async function withdraw(
  tx: Executor,
  clock: Clock,
  { by, reason }: { readonly by: AuditActor; readonly reason?: string },
  which: ReturnType<typeof eq>,
) {
  const [gone] = await tx
    .update(commitment)
    .set({ status: "withdrawn", endedAt: new Date(clock.nowMs()) })
    .where(and(which, eq(commitment.status, "quoted")))
    .returning(commitmentColumns);
  if (gone) await audit(tx, clock, by, gone, "commitment.withdrawn", reason);
  return gone;
}

/** The trail's line of a change of a commitment. */
export function audit(
  tx: Executor,
  clock: Clock,
  actor: AuditActor,
  row: Pick<CommitmentRow, "id" | "organizationId" | "status" | "endsAt"> & CommitmentTerms,
  action: `commitment.${"quoted" | "withdrawn" | "accepted" | "canceled"}`,
  reason?: string,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: row.organizationId,
    actor,
    action,
    target: { kind: "commitment", id: row.id, label: row.id },
    after: {
      status: row.status,
      yearlyUsd: toDecimalUsd(row.yearlyNanoUsd),
      discountPercent: row.discountBasisPoints / 100,
      schedule: row.schedule,
      slaTier: row.slaTier,
      endsAt: row.endsAt?.toISOString() ?? null,
      ...(reason && { reason }),
    },
  });
}

function checkQuote(quote: Quote): void {
  const { yearlyNanoUsd, discountBasisPoints, validDays, note } = quote;
  if (
    yearlyNanoUsd < MIN_YEARLY_NANO_USD ||
    yearlyNanoUsd > MAX_YEARLY_NANO_USD ||
    toWholeCents(yearlyNanoUsd) === null ||
    periodOf(quote) === null
  )
    throw invalid(
      "yearlyUsd",
      `A year is between $${toDecimalUsd(MIN_YEARLY_NANO_USD, 0)} and $${toDecimalUsd(MAX_YEARLY_NANO_USD, 0)}, and every period of it comes to whole cents.`,
    );
  if (
    !Number.isInteger(discountBasisPoints) ||
    discountBasisPoints < 0 ||
    discountBasisPoints > MAX_DISCOUNT_BASIS_POINTS
  )
    throw invalid("discountPercent", "The discount is between 0 and 50 percent, with at most two decimals.");
  if (!Number.isInteger(validDays) || validDays < 1 || validDays > 90)
    throw invalid("validDays", "A quote is valid for 1 to 90 days.");
  if (note !== null && (note.length > MAX_NOTE_LENGTH || note.includes("\0")))
    throw invalid("note", `The note has at most ${MAX_NOTE_LENGTH} characters.`);
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
