import { eq } from "drizzle-orm";
import { endpoint, model, provider } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";

/**
 * Puts an operator's word above what traffic shows: `open` takes an endpoint out unless nobody else is left, `closed`
 * keeps it in whatever its breaker says, `auto` leaves it to traffic. Acts when the catalogue is read again.
 * @throws AppError not_found
 */
export async function overrideHealth(
  db: Database,
  clock: Clock,
  by: AuditActor,
  input: { readonly endpointId: string; readonly state: "open" | "closed" | "auto" },
): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await findEndpoint(tx, input.endpointId);
    const healthOverride = input.state === "auto" ? null : input.state;
    await tx.update(endpoint).set({ healthOverride }).where(eq(endpoint.id, before.id));
    await recordAudit(tx, clock, {
      organizationId: null,
      actor: by,
      action: "health.overridden",
      target: { kind: "endpoint", id: before.id, label: before.label },
      before: { state: before.healthOverride ?? "auto" },
      after: { state: input.state },
    });
  });
}

/**
 * Takes an endpoint out of the catalogue (no new request reaches it, what runs there ends by itself), or puts it back.
 * @throws AppError not_found
 */
export async function drainEndpoint(
  db: Database,
  clock: Clock,
  by: AuditActor,
  input: { readonly endpointId: string; readonly isDrained: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await findEndpoint(tx, input.endpointId);
    const status = input.isDrained ? ("disabled" as const) : ("active" as const);
    await tx.update(endpoint).set({ status }).where(eq(endpoint.id, before.id));
    await recordAudit(tx, clock, {
      organizationId: null,
      actor: by,
      action: "catalog.endpoint_changed",
      target: { kind: "endpoint", id: before.id, label: before.label },
      before: { status: before.status },
      after: { status },
    });
  });
}

async function findEndpoint(tx: Executor, endpointId: string) {
  const [row] = await tx
    .select({ endpoint, model: model.slug, provider: provider.slug })
    .from(endpoint)
    .innerJoin(model, eq(model.id, endpoint.modelId))
    .innerJoin(provider, eq(provider.id, endpoint.providerId))
    .where(eq(endpoint.id, endpointId))
    .for("update", { of: endpoint });
  if (!row)
    throw new AppError("not_found", {
      message: `There is no endpoint ${endpointId}. \`health list\` names them.`,
      param: "endpoint",
    });
  return { ...row.endpoint, label: `${row.model} at ${row.provider}` };
}
