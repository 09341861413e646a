import { and, eq, sql } from "drizzle-orm";
import { type WebhookAttempt, webhookDelivery, webhookEndpoint } from "@/db/schema";
import { recordAudit, SYSTEM_ACTOR } from "@/server/audit";
import { queueNotice } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import type { ClaimedDelivery } from "./claim";
import { endPending } from "./endpoints";
import { failingSinceMs, isGivenUp, nextDelayMs } from "./schedule";
import type { Outcome } from "./send";

const KEPT_ATTEMPTS = 20;

/**
 * Writes how an attempt went: delivered, to be repeated, or given up; and what it says about the endpoint.
 * @param chance in [0, 1), for the jitter
 * @returns false when the delivery was no longer this claim's: its time was over, or the endpoint is gone
 */
export async function recordOutcome(
  db: Database,
  clock: Clock,
  delivery: ClaimedDelivery,
  outcome: Outcome,
  chance: number,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    // The endpoint first, then the delivery: the order of whoever switches an endpoint off.
    const [endpoint] = await tx
      .select()
      .from(webhookEndpoint)
      .where(eq(webhookEndpoint.id, delivery.endpointId))
      .for("no key update");
    const [before] = await tx
      .select()
      .from(webhookDelivery)
      .where(and(eq(webhookDelivery.id, delivery.id), eq(webhookDelivery.claim, delivery.claim)))
      .for("update");
    if (!endpoint || !before) return false;
    const now = new Date(clock.nowMs());
    const step = before.step + 1;
    const delayMs = outcome.error === null ? null : nextDelayMs(step, outcome.retryAfterMs, chance);
    const attempt: WebhookAttempt = {
      at: new Date(outcome.startedAtMs).toISOString(),
      status: outcome.status,
      error: outcome.error,
      durationMs: outcome.durationMs,
    };
    await tx
      .update(webhookDelivery)
      .set({
        ...(delayMs === null
          ? { state: outcome.error === null ? "succeeded" : "failed", endedAt: now }
          : { nextAttemptAt: new Date(now.getTime() + delayMs) }),
        step,
        attempts: before.attempts + 1,
        claim: null,
        claimedUntil: null,
        log: [...before.log, attempt].slice(-KEPT_ATTEMPTS),
        lastAnswer: outcome.answer,
      })
      .where(eq(webhookDelivery.id, delivery.id));
    if (outcome.error === null) await noteSuccess(tx, endpoint);
    else await noteFailure(tx, clock, endpoint, outcome);
    return true;
  });
}

type EndpointRow = typeof webhookEndpoint.$inferSelect;

async function noteSuccess(tx: Executor, endpoint: EndpointRow): Promise<void> {
  if (endpoint.failingSince === null) return;
  await tx
    .update(webhookEndpoint)
    .set({ failingSince: null, lastFailedAt: null })
    .where(eq(webhookEndpoint.id, endpoint.id));
}

async function noteFailure(
  tx: Executor,
  clock: Clock,
  endpoint: EndpointRow,
  outcome: Outcome,
): Promise<void> {
  if (endpoint.status === "disabled") return;
  const nowMs = clock.nowMs();
  const sinceMs = failingSinceMs(
    { sinceMs: endpoint.failingSince?.getTime() ?? null, lastMs: endpoint.lastFailedAt?.getTime() ?? null },
    nowMs,
  );
  const reason = outcome.error === "gone" ? "gone" : isGivenUp(sinceMs, nowMs) ? "failing" : null;
  const now = new Date(nowMs);
  await tx
    .update(webhookEndpoint)
    .set({
      failingSince: new Date(sinceMs),
      lastFailedAt: now,
      ...(reason && { status: "disabled", disabledReason: reason, disabledAt: now, updatedAt: now }),
    })
    .where(eq(webhookEndpoint.id, endpoint.id));
  if (!reason) return;
  await endPending(tx, endpoint.id, now);
  await queueNotice(tx, clock, {
    organizationId: endpoint.organizationId,
    kind: "webhook_disabled",
    data: { endpointId: endpoint.id, url: endpoint.url, reason },
  });
  await recordAudit(tx, clock, {
    organizationId: endpoint.organizationId,
    actor: SYSTEM_ACTOR,
    action: "webhook.updated",
    target: { kind: "webhook", id: endpoint.id, label: endpoint.url },
    before: { status: endpoint.status },
    after: { status: "disabled", reason },
  });
}

/** Deletes deliveries that ended, or were made, longer ago than the log reaches. @returns how many */
export async function dropOldDeliveries(db: Executor, nowMs: number): Promise<number> {
  const { rowCount } = await db
    .delete(webhookDelivery)
    .where(sql`${webhookDelivery.createdAt} < ${new Date(nowMs - KEEP_DAYS * 86_400_000)}`);
  return rowCount ?? 0;
}

/** The delivery log reaches back so far. */
const KEEP_DAYS = 30;
