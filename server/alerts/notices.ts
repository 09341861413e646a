import { and, desc, eq, inArray, isNull, lt } from "drizzle-orm";
import { alertNotice, member, user } from "@/db/schema";
import { markAlerted, type OutboxEvent, takeUnalerted } from "@/server/events";
import type { Role } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { type AlertSettings, readAlertSettings } from "./settings";
import { ALERT_CHANNELS, ALERT_TYPES, type AlertType, alertWords, isAlertType } from "./words";

const KEEP_MS = 90 * 24 * 60 * 60 * 1_000;
const SHOWN = 20;
const BATCH = 100;

/**
 * Makes a notice for everybody who is to be told of what happened, in one transaction with the mark that the event has been
 * told: an event has all its notices or is taken again, and none twice. Webhooks go their own way.
 * @returns how many events were told
 */
export async function queueNotices(db: Database, clock: Clock): Promise<number> {
  return db.transaction(async (tx) => {
    const events = await takeUnalerted(tx, ALERT_TYPES, BATCH);
    await insertNotices(tx, clock, events);
    await markAlerted(
      tx,
      events.map(({ id }) => id),
    );
    return events.length;
  });
}

async function insertNotices(tx: Executor, clock: Clock, events: readonly OutboxEvent[]): Promise<void> {
  for (const event of events) {
    if (!isAlertType(event.type)) continue;
    const settings = await readAlertSettings(tx, event.organizationId);
    const recipients = await recipientsOf(tx, event.organizationId, settings, event.type);
    if (recipients.length === 0) continue;
    const now = new Date(clock.nowMs());
    await tx
      .insert(alertNotice)
      .values(
        recipients.map((to) => ({
          id: newId("alert"),
          organizationId: event.organizationId,
          eventId: event.id,
          eventType: event.type,
          data: event.data,
          nextAttemptAt: now,
          createdAt: now,
          ...to,
        })),
      )
      .onConflictDoNothing();
  }
}

async function recipientsOf(
  tx: Executor,
  organizationId: string,
  settings: AlertSettings,
  type: AlertType,
): Promise<{ readonly channel: "mail" | "slack"; readonly recipient: string }[]> {
  const channels: readonly ("mail" | "slack")[] = ALERT_CHANNELS[type];
  const mails = channels.includes("mail") ? await addressesOf(tx, organizationId, settings.mailRoles) : [];
  return [
    ...mails.map((recipient) => ({ channel: "mail" as const, recipient })),
    ...(channels.includes("slack") && settings.slackShown !== null
      ? [{ channel: "slack" as const, recipient: "" }]
      : []),
  ];
}

/** Addresses of the members who have one of these roles now. */
export async function addressesOf(
  db: Executor,
  organizationId: string,
  roles: readonly Role[],
): Promise<string[]> {
  if (roles.length === 0) return [];
  const rows = await db
    .select({ email: user.email })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(member.organizationId, organizationId),
        isNull(member.removedAt),
        inArray(member.role, [...roles]),
      ),
    )
    .orderBy(user.email);
  return rows.map(({ email }) => email);
}

/** How an alert reached its readers. */
export interface ToldAlert {
  readonly eventId: string;
  readonly subject: string;
  readonly at: Date;
  readonly readers: readonly {
    readonly channel: "mail" | "slack";
    readonly recipient: string;
    readonly state: "pending" | "sent" | "failed";
    readonly lastError: string | null;
  }[];
}

/** The newest alerts, at most 20, each with its readers. */
export async function listAlerts(db: Executor, organizationId: string): Promise<ToldAlert[]> {
  const newest = await db
    .select({ eventId: alertNotice.eventId })
    .from(alertNotice)
    .where(eq(alertNotice.organizationId, organizationId))
    .groupBy(alertNotice.eventId)
    .orderBy(desc(alertNotice.eventId))
    .limit(SHOWN);
  if (newest.length === 0) return [];
  const ids = newest.map(({ eventId }) => eventId);
  const rows = await db
    .select()
    .from(alertNotice)
    .where(and(eq(alertNotice.organizationId, organizationId), inArray(alertNotice.eventId, ids)))
    .orderBy(alertNotice.id);
  return ids.flatMap((eventId) => {
    const own = rows.filter((row) => row.eventId === eventId);
    const [first] = own;
    if (!first || !isAlertType(first.eventType)) return [];
    const readers = own.map(({ channel, recipient, state, lastError }) => ({
      channel,
      recipient,
      state,
      lastError,
    }));
    return [
      { eventId, subject: alertWords(first.eventType, first.data).subject, at: first.createdAt, readers },
    ];
  });
}

/** Notices are kept for 90 days. @returns how many were deleted */
export async function dropOldNotices(db: Executor, nowMs: number): Promise<number> {
  const { rowCount } = await db
    .delete(alertNotice)
    .where(lt(alertNotice.createdAt, new Date(nowMs - KEEP_MS)));
  return rowCount ?? 0;
}
