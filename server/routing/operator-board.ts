import { and, eq, isNull } from "drizzle-orm";
import { endpoint, endpointOutage, model, provider } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { contains } from "@/server/platform/matching";
import type { HealthSummary } from "./health-window";
import { readHistory } from "./history";
import { DAY_MINUTES, HALF_HOUR_MINUTES } from "./windows";

const FIVE_MINUTES = 5;

/** An endpoint as an operator watches it, over all processes. */
export interface BoardRow {
  readonly endpointId: string;
  readonly model: string;
  readonly provider: string;
  readonly isSimulated: boolean;
  /** disabled: drained, or its provider is switched off. */
  readonly status: "active" | "disabled";
  readonly providerStatus: "active" | "disabled";
  readonly forced: "open" | "closed" | null;
  readonly outage: { readonly since: Date; readonly reason: string; readonly isRecovering: boolean } | null;
  /** Null without traffic. */
  readonly last5m: HealthSummary | null;
  readonly last30m: HealthSummary | null;
  readonly last1d: HealthSummary | null;
}

/** @param text part of a model's or a provider's slug; empty = all */
export async function readBoard(db: Database, nowMs: number, text: string): Promise<readonly BoardRow[]> {
  const rows = await db
    .select({ endpoint, model: model.slug, provider, outage: endpointOutage })
    .from(endpoint)
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .leftJoin(
      endpointOutage,
      and(eq(endpointOutage.endpointId, endpoint.id), isNull(endpointOutage.closedAt)),
    )
    .where(contains(text, model.slug, provider.slug))
    .orderBy(model.slug, provider.slug);
  const endpointIds = rows.map((row) => row.endpoint.id);
  const over = (minutes: number) => readHistory(db, nowMs, { endpointIds, minutes });
  const [now, late, day] = [await over(FIVE_MINUTES), await over(HALF_HOUR_MINUTES), await over(DAY_MINUTES)];
  return rows.map((row) => {
    const { id } = row.endpoint;
    return {
      endpointId: row.endpoint.id,
      model: row.model,
      provider: row.provider.slug,
      isSimulated: row.provider.isSimulated,
      status: row.endpoint.status,
      providerStatus: row.provider.status,
      forced: row.endpoint.healthOverride,
      outage: row.outage && {
        since: row.outage.openedAt,
        reason: row.outage.reason,
        isRecovering: row.outage.recoveringAt !== null,
      },
      last5m: now.get(id) ?? null,
      last30m: late.get(id) ?? null,
      last1d: day.get(id) ?? null,
    };
  });
}
