import { and, eq, isNull, lte, sql } from "drizzle-orm";
import { endpoint, endpointOutage, model, provider } from "@/db/schema";
import { emitEventToAll } from "@/server/events";
import type { Database, Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";

/** Closed for so long an outage is over: a flapping endpoint has one outage, and its customers one event. */
const CALM_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * An endpoint's breaker has opened. The first process to say so begins the outage and tells the organizations that used
 * the endpoint in the last day; for the others, and for a relapse, it is the same outage.
 * @returns true when an outage began
 */
export async function beginOutage(
  db: Database,
  nowMs: number,
  { endpointId, reason }: { readonly endpointId: string; readonly reason: string },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [named] = await tx
      .select({ modelSlug: model.slug, providerSlug: provider.slug })
      .from(endpoint)
      .innerJoin(model, eq(model.id, endpoint.modelId))
      .innerJoin(provider, eq(provider.id, endpoint.providerId))
      .where(eq(endpoint.id, endpointId));
    if (!named) return false;
    const openedAt = new Date(nowMs);
    const [begun] = await tx
      .insert(endpointOutage)
      .values({ id: newId("outage"), endpointId, ...named, reason, openedAt })
      .onConflictDoNothing()
      .returning();
    if (!begun) {
      await tx
        .update(endpointOutage)
        .set({ recoveringAt: null })
        .where(and(eq(endpointOutage.endpointId, endpointId), isNull(endpointOutage.closedAt)));
      return false;
    }
    await tell(tx, nowMs, "provider.degraded", begun);
    return true;
  });
}

/** The endpoint answers again. The outage is over when that lasts. */
export async function noteRecovery(db: Executor, nowMs: number, endpointId: string): Promise<void> {
  await db
    .update(endpointOutage)
    .set({ recoveringAt: new Date(nowMs) })
    .where(
      and(
        eq(endpointOutage.endpointId, endpointId),
        isNull(endpointOutage.closedAt),
        isNull(endpointOutage.recoveringAt),
      ),
    );
}

/** Ends the outages whose endpoints have answered for a while, each in one process only. @returns how many */
export async function endOutages(db: Database, nowMs: number): Promise<number> {
  return db.transaction(async (tx) => {
    const ended = await tx
      .update(endpointOutage)
      .set({ closedAt: sql`${endpointOutage.recoveringAt}` })
      .where(
        and(isNull(endpointOutage.closedAt), lte(endpointOutage.recoveringAt, new Date(nowMs - CALM_MS))),
      )
      .returning();
    for (const outage of ended) await tell(tx, nowMs, "provider.recovered", { ...outage, reason: "healthy" });
    return ended.length;
  });
}

/** Endpoints in an outage of which no process has seen the recovery: it may have come while none was running. */
export async function unrecovered(db: Executor, nowMs: number): Promise<string[]> {
  const rows = await db
    .select({ endpointId: endpointOutage.endpointId })
    .from(endpointOutage)
    .where(
      and(
        isNull(endpointOutage.closedAt),
        isNull(endpointOutage.recoveringAt),
        lte(endpointOutage.openedAt, new Date(nowMs - CALM_MS)),
      ),
    );
  return rows.map(({ endpointId }) => endpointId);
}

export type Outage = typeof endpointOutage.$inferSelect;

/** Outages of the last days that are over or not, newest first, of endpoints that are still offered. */
export async function listOutages(db: Executor, nowMs: number, days: number): Promise<Outage[]> {
  const rows = await db
    .select({ outage: endpointOutage })
    .from(endpointOutage)
    .innerJoin(endpoint, and(eq(endpoint.id, endpointOutage.endpointId), eq(endpoint.status, "active")))
    .where(sql`${endpointOutage.openedAt} >= ${new Date(nowMs - days * DAY_MS).toISOString()}`)
    .orderBy(sql`${endpointOutage.openedAt} DESC`)
    .limit(MOST_OUTAGES);
  return rows.map(({ outage }) => outage);
}
const MOST_OUTAGES = 200;

async function tell(
  tx: Executor,
  nowMs: number,
  type: "provider.degraded" | "provider.recovered",
  outage: Pick<Outage, "modelSlug" | "providerSlug" | "reason" | "openedAt">,
): Promise<void> {
  const since = new Date(nowMs - DAY_MS).toISOString();
  const { rows } = await tx.execute<{ organizationId: string }>(sql`
    SELECT DISTINCT organization_id AS "organizationId" FROM usage_by_hour
    WHERE hour >= date_trunc('hour', ${since}::timestamptz)
      AND model_slug = ${outage.modelSlug} AND provider_slug = ${outage.providerSlug}`);
  const data = {
    provider: outage.providerSlug,
    model: outage.modelSlug,
    reason: outage.reason,
    since: outage.openedAt.toISOString(),
  };
  await emitEventToAll(
    tx,
    rows.map(({ organizationId }) => organizationId),
    { type, data },
  );
}
