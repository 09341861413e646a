import { and, desc, eq, inArray, type SQL } from "drizzle-orm";
import { payout } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { type EventType, emitEvent } from "@/server/events";
import { creditBalance, moveOutside } from "@/server/ledger";
import { queueNotice } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { type NanoUsd, toDecimalUsd, toWholeCents } from "@/server/platform/money";
import { lockPartner, readPartnerStanding } from "./lock";
import { MIN_CONVERSION_NANO_USD, MIN_PAYOUT_NANO_USD } from "./terms";

export type Payout = typeof payout.$inferSelect;

export interface PayoutRequest {
  readonly organizationId: string;
  readonly userId: string;
  readonly amountNanoUsd: NanoUsd;
  readonly audit: AuditActor;
}

/** Asks for a payout of available commission. @throws AppError not_found (no partner), invalid_request, conflict */
export function requestPayout(db: Database, clock: Clock, request: PayoutRequest): Promise<Payout> {
  return db.transaction(async (tx) => {
    const made = await take(tx, clock, request, { status: "requested", least: MIN_PAYOUT_NANO_USD });
    await tell(tx, clock, "payout.requested", made);
    await audit(tx, clock, request.audit, made, "payout.requested");
    return made;
  });
}

/** Keeps available commission as paid balance, at once. @throws as {@link requestPayout} */
export function convertPayout(db: Database, clock: Clock, request: PayoutRequest): Promise<Payout> {
  return db.transaction(async (tx) => {
    const made = await take(tx, clock, request, { status: "converted", least: MIN_CONVERSION_NANO_USD });
    await creditBalance(tx, {
      organizationId: made.organizationId,
      kind: "payout_converted",
      bucket: "paid",
      source: made.id,
      amountNanoUsd: made.amountNanoUsd,
    });
    await audit(tx, clock, request.audit, made, "payout.converted");
    return made;
  });
}

/** Under the partner's lock: of any number at once, no more is taken than there is. */
async function take(
  tx: Executor,
  clock: Clock,
  request: PayoutRequest,
  { status, least }: { readonly status: "requested" | "converted"; readonly least: NanoUsd },
): Promise<Payout> {
  const { organizationId, amountNanoUsd } = request;
  await lockPartner(tx, organizationId);
  const standing = await readPartnerStanding(tx, organizationId);
  if (!standing) throw new AppError("not_found", { message: "Your organization is no partner yet." });
  if (amountNanoUsd < least || toWholeCents(amountNanoUsd) === null)
    throw new AppError("invalid_request", {
      message: `The smallest amount is $${toDecimalUsd(least)}, in whole cents.`,
      param: "amountUsd",
    });
  if (amountNanoUsd > standing.availableNanoUsd)
    throw new AppError("conflict", {
      message: `$${toDecimalUsd(standing.availableNanoUsd)} can be paid out now.`,
    });
  const now = new Date(clock.nowMs());
  const [made] = await tx
    .insert(payout)
    .values({
      id: newId("payout"),
      organizationId,
      amountNanoUsd,
      status,
      requestedByUserId: request.userId,
      createdAt: now,
      closedAt: status === "converted" ? now : null,
    })
    .returning();
  if (!made) throw new AppError("internal_error", { message: "The payout was not kept." });
  return made;
}

export interface Decision {
  readonly payoutId: string;
  readonly by: AuditActor;
}

/** Approves a requested payout. @throws AppError not_found, conflict (another state, or its commission is gone) */
export function approvePayout(db: Database, clock: Clock, decision: Decision): Promise<Payout> {
  return step(db, decision, async (tx, row) => {
    if (row.status === "approved") return row;
    await requireEarned(tx, row);
    const set = { status: "approved" as const, approvedAt: new Date(clock.nowMs()) };
    const moved = await move(tx, row.id, ["requested"], set);
    await tell(tx, clock, "payout.approved", moved);
    await audit(tx, clock, decision.by, moved, "payout.approved");
    return moved;
  });
}

export interface Proof {
  readonly method: "manual" | "stripe";
  readonly reference: string | null;
  readonly stripeTransferId: string | null;
}

/**
 * Records that an approved payout was paid. Money that Stripe sent leaves the clearing account; what was paid past it
 * leaves our own. Once: the state, and the ledger's transfer per payout.
 * @throws AppError not_found, conflict (another state, or its commission is gone and it was not sent yet)
 */
export function markPayoutPaid(db: Database, clock: Clock, decision: Decision & Proof): Promise<Payout> {
  return step(db, decision, async (tx, row) => {
    if (row.status === "paid") return row;
    if (decision.method === "manual") await requireEarned(tx, row);
    const moved = await move(tx, row.id, ["approved"], {
      status: "paid",
      method: decision.method,
      reference: decision.reference,
      stripeTransferId: decision.stripeTransferId,
      closedAt: new Date(clock.nowMs()),
    });
    await moveOutside(tx, {
      organizationId: row.organizationId,
      kind: "payout_paid",
      source: row.id,
      from: "payouts",
      to: decision.method === "stripe" ? "clearing" : "platform",
      amountNanoUsd: row.amountNanoUsd,
    });
    await tell(tx, clock, "payout.paid", moved);
    await audit(tx, clock, decision.by, moved, "payout.paid");
    return moved;
  });
}

/**
 * A payout that does not happen: refused by us or by the bank. Its commission is available again; one that was sent and
 * came back is returned to the account.
 * @throws AppError not_found, conflict (converted, or recorded by hand as paid)
 */
export function failPayout(
  db: Database,
  clock: Clock,
  decision: Decision & { readonly reason: string },
): Promise<Payout> {
  return step(db, decision, (tx, row) => failLocked(tx, clock, row, decision));
}

/** The same inside a transaction that holds the partner's lock. */
export async function failLocked(
  tx: Executor,
  clock: Clock,
  row: Payout,
  { by, reason }: { readonly by: AuditActor; readonly reason: string },
): Promise<Payout> {
  if (row.status === "failed") return row;
  if (row.status === "paid" && row.method !== "stripe")
    throw new AppError("conflict", { message: "The payout was recorded as paid." });
  const set = { status: "failed" as const, reason, closedAt: new Date(clock.nowMs()) };
  const moved = await move(tx, row.id, ["requested", "approved", "paid"], set);
  if (row.status === "paid")
    await moveOutside(tx, {
      organizationId: row.organizationId,
      kind: "payout_returned",
      source: row.id,
      from: "clearing",
      to: "payouts",
      amountNanoUsd: row.amountNanoUsd,
    });
  await tell(tx, clock, "payout.failed", moved);
  await audit(tx, clock, by, moved, "payout.failed");
  return moved;
}

/** One step of a payout under its partner's lock. */
async function step(
  db: Database,
  { payoutId }: Decision,
  work: (tx: Executor, row: Payout) => Promise<Payout>,
): Promise<Payout> {
  const { organizationId } = await readPayout(db, payoutId);
  return db.transaction(async (tx) => {
    await lockPartner(tx, organizationId);
    return work(tx, await readPayout(tx, payoutId));
  });
}

/** @throws AppError not_found */
export async function readPayout(db: Executor, payoutId: string): Promise<Payout> {
  const [row] = await db.select().from(payout).where(eq(payout.id, payoutId));
  if (!row) throw new AppError("not_found", { message: "There is no such payout." });
  return row;
}

/** A refund may have taken the commission since it was asked for. The payout's own amount is among the open ones. */
export async function requireEarned(tx: Executor, row: Payout): Promise<void> {
  const standing = await readPartnerStanding(tx, row.organizationId);
  if (!standing || standing.accountNanoUsd - standing.heldNanoUsd < row.amountNanoUsd)
    throw new AppError("conflict", {
      message: "The commission of this payout was refunded or disputed since it was asked for.",
    });
}

async function move(
  tx: Executor,
  payoutId: string,
  from: Payout["status"][],
  set: Partial<Payout> & { readonly status: Payout["status"] },
): Promise<Payout> {
  const [moved] = await tx
    .update(payout)
    .set(set)
    .where(and(eq(payout.id, payoutId), inArray(payout.status, from)))
    .returning();
  if (moved) return moved;
  const { status } = await readPayout(tx, payoutId);
  throw new AppError("conflict", { message: `The payout is ${status}: it cannot become ${set.status}.` });
}

/** Newest first, at most 200; of all partners, or in some states, for the operator. */
export function listPayouts(
  db: Executor,
  filter: {
    readonly id?: string;
    readonly organizationId?: string;
    readonly statuses?: readonly Payout["status"][];
  } = {},
): Promise<Payout[]> {
  const by: (SQL | undefined)[] = [
    filter.id ? eq(payout.id, filter.id) : undefined,
    filter.organizationId ? eq(payout.organizationId, filter.organizationId) : undefined,
    filter.statuses ? inArray(payout.status, [...filter.statuses]) : undefined,
  ];
  return db
    .select()
    .from(payout)
    .where(and(...by))
    .orderBy(desc(payout.id))
    .limit(200);
}

/** An event, and a mail to those who pay once somebody else than they has decided: both in the transaction of the fact. */
async function tell(
  tx: Executor,
  clock: Clock,
  type: Extract<EventType, `payout.${string}`>,
  { id, organizationId, amountNanoUsd, status, reason, method, reference }: Payout,
): Promise<void> {
  const amountUsd = toDecimalUsd(amountNanoUsd);
  const event = { payout_id: id, amount_usd: amountUsd, status, reason };
  await emitEvent(tx, { organizationId, type, data: event });
  if (status !== "approved" && status !== "paid" && status !== "failed") return;
  const data = {
    ...{ payoutId: id, amountUsd, method: method ?? "" },
    ...{ reference: reference ?? "", reason: reason ?? "" },
  };
  await queueNotice(tx, clock, { organizationId, kind: `payout_${status}`, data });
}

function audit(
  tx: Executor,
  clock: Clock,
  actor: AuditActor,
  row: Payout,
  action: `payout.${"requested" | "approved" | "paid" | "failed" | "converted"}`,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: row.organizationId,
    actor,
    action,
    target: { kind: "payout", id: row.id, label: row.id },
    after: {
      status: row.status,
      amountUsd: toDecimalUsd(row.amountNanoUsd),
      ...(row.reference && { reference: row.reference }),
      ...(row.reason && { reason: row.reason }),
    },
  });
}
