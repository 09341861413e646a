import { and, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { autoRecharge, balanceAlert, member, recharge, user } from "@/db/schema";
import { emitEvent } from "@/server/events";
import { lowBalanceMail, type Mailer, rechargePausedMail } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import type { Log } from "@/server/platform/log";
import { fromCents, toDecimalUsd } from "@/server/platform/money";

/** Below this, or below three days of spend, a balance is low. */
const LOW_NANO_USD = fromCents(5_00n);
const LOW_DAYS = 3;
const BATCH = 50;

export interface NoticeDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly appUrl: string;
}

/** Tells of every pause once: an event, and a mail to those who can pay. What could not be sent is tried again. */
export async function tellPauses(deps: NoticeDeps): Promise<number> {
  const due = await deps.db
    .select({ organizationId: autoRecharge.organizationId })
    .from(autoRecharge)
    .where(untold())
    .limit(BATCH);
  let told = 0;
  for (const { organizationId } of due)
    if (await passOver(deps, (tx) => tellPause(tx, deps, organizationId))) told += 1;
  return told;
}

const untold = () => and(isNotNull(autoRecharge.pausedReason), isNull(autoRecharge.pauseToldAt));

/** One transaction; a mail server that is away keeps nothing else from being told. */
async function passOver({ db, log }: NoticeDeps, work: (tx: Executor) => Promise<boolean>): Promise<boolean> {
  return db.transaction(work).catch((reason: unknown) => {
    log.warn({ reason: String(reason) }, "a notice was not sent; it is tried again");
    return false;
  });
}

async function tellPause(
  tx: Executor,
  { clock, mailer, appUrl }: NoticeDeps,
  organizationId: string,
): Promise<boolean> {
  const [row] = await tx
    .update(autoRecharge)
    .set({ pauseToldAt: new Date(clock.nowMs()) })
    .where(and(eq(autoRecharge.organizationId, organizationId), untold()))
    .returning();
  if (!row) return false;
  const [last] = await tx
    .select({ id: recharge.id })
    .from(recharge)
    .where(eq(recharge.organizationId, organizationId))
    .orderBy(desc(recharge.createdAt))
    .limit(1);
  const amountUsd = toDecimalUsd(row.amountNanoUsd);
  await emitEvent(tx, {
    organizationId,
    type: "auto_recharge.paused",
    data: { recharge_id: last?.id ?? "", amount_usd: amountUsd, status: "paused", reason: row.pausedReason },
  });
  const url = `${appUrl}/dashboard/billing?amount=${amountUsd}`;
  for (const to of await payers(tx, organizationId))
    if (mailer.canSend)
      await mailer.send(rechargePausedMail({ to, amountUsd, reason: row.pausedReason ?? "", url }));
  return true;
}

/**
 * Notices balances that fell below the line or rose above it, and tells of each fall once: an event in the same
 * transaction, and a mail.
 */
export async function tellLowBalances(deps: NoticeDeps): Promise<number> {
  const { rows } = await deps.db.execute<{ id: string }>(sql`
    SELECT s.organization_id AS id FROM balance_standing s LEFT JOIN balance_alert a USING (organization_id)
    WHERE (s.total < ${LOW_NANO_USD} OR s.total < s.daily_spend * ${LOW_DAYS}) <> coalesce(a.is_low, false)
    LIMIT ${BATCH}`);
  let told = 0;
  for (const { id } of rows) if (await passOver(deps, (tx) => crossLine(tx, deps, id))) told += 1;
  await mailLowBalances(deps);
  return told;
}

async function crossLine(tx: Executor, { clock }: NoticeDeps, organizationId: string): Promise<boolean> {
  const now = new Date(clock.nowMs());
  await tx
    .insert(balanceAlert)
    .values({ organizationId, isLow: false, changedAt: now, mailedAt: now })
    .onConflictDoNothing();
  const [alert] = await tx
    .select()
    .from(balanceAlert)
    .where(eq(balanceAlert.organizationId, organizationId))
    .for("update");
  const standing = await readStanding(tx, organizationId);
  if (!alert || standing.isLow === alert.isLow) return false;
  await tx
    .update(balanceAlert)
    .set({ isLow: standing.isLow, changedAt: now, mailedAt: standing.isLow ? null : now })
    .where(eq(balanceAlert.organizationId, organizationId));
  if (!standing.isLow) return false;
  await emitEvent(tx, {
    organizationId,
    type: "balance.low",
    data: {
      balance_usd: toDecimalUsd(standing.total),
      threshold_usd: toDecimalUsd(LOW_NANO_USD),
      runway_days: standing.runwayDays,
    },
  });
  return true;
}

async function readStanding(tx: Executor, organizationId: string) {
  const { rows } = await tx.execute<{ total: bigint; daily: bigint }>(sql`
    SELECT total, daily_spend AS daily FROM balance_standing WHERE organization_id = ${organizationId}`);
  const { total = 0n, daily = 0n } = rows[0] ?? {};
  const isLow = total < LOW_NANO_USD || total < daily * BigInt(LOW_DAYS);
  // One decimal is enough for people; the amount is exact.
  const runwayDays = daily > 0n ? Number((total * 10n) / daily) / 10 : null;
  return { total, isLow, runwayDays };
}

async function mailLowBalances(deps: NoticeDeps): Promise<void> {
  if (!deps.mailer.canSend) return;
  const due = await deps.db
    .select({ organizationId: balanceAlert.organizationId })
    .from(balanceAlert)
    .where(and(eq(balanceAlert.isLow, true), isNull(balanceAlert.mailedAt)))
    .limit(BATCH);
  for (const { organizationId } of due)
    await passOver(deps, (tx) => mailLowBalance(tx, deps, organizationId));
}

async function mailLowBalance(
  tx: Executor,
  { clock, mailer, appUrl }: NoticeDeps,
  organizationId: string,
): Promise<boolean> {
  const [row] = await tx
    .update(balanceAlert)
    .set({ mailedAt: new Date(clock.nowMs()) })
    .where(and(eq(balanceAlert.organizationId, organizationId), isNull(balanceAlert.mailedAt)))
    .returning();
  if (!row) return false;
  const { total, runwayDays } = await readStanding(tx, organizationId);
  const mail = { balanceUsd: toDecimalUsd(total), runwayDays, url: `${appUrl}/dashboard/billing` };
  for (const to of await payers(tx, organizationId)) await mailer.send(lowBalanceMail({ to, ...mail }));
  return true;
}

/** Addresses of the members who may top up, owners and those for billing. */
async function payers(tx: Executor, organizationId: string): Promise<string[]> {
  const rows = await tx
    .select({ email: user.email })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(member.organizationId, organizationId),
        isNull(member.removedAt),
        inArray(member.role, ["owner", "billing"]),
      ),
    );
  return rows.map(({ email }) => email);
}
