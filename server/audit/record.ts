import { eq } from "drizzle-orm";
import { auditEvent, auditHead } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import type { AuditAction } from "./actions";
import { type AuditLink, GENESIS_HASH, linkHash } from "./chain";
import { toAuditDetail } from "./redact";

/** Chain of the changes that concern no single organization: catalogue, prices, health. */
export const PLATFORM_CHAIN = "platform";

export interface AuditActor {
  readonly kind: "user" | "key" | "system" | "operator";
  readonly id: string | null;
  /** Name or address as it is now. */
  readonly label: string;
  readonly ip: string | null;
}

export interface AuditEntry {
  /** Null for a change that concerns no single organization. */
  readonly organizationId: string | null;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly target: { readonly kind: string; readonly id: string; readonly label: string };
  /** What it was and what it became; secrets are taken out here, whatever the caller hands over. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A change that no person made: a job, a payment provider's event. */
export const SYSTEM_ACTOR: AuditActor = { kind: "system", id: null, label: "DeepTokenInference", ip: null };

/**
 * Adds a link to the trail in the transaction of the change: both are kept or neither. It holds the chain's end until
 * the transaction ends, so call it last, after every other lock.
 */
export async function recordAudit(tx: Executor, clock: Clock, entry: AuditEntry): Promise<void> {
  const chain = entry.organizationId ?? PLATFORM_CHAIN;
  await tx.insert(auditHead).values({ chain, sequence: 0, hash: GENESIS_HASH }).onConflictDoNothing();
  const [head] = await tx.select().from(auditHead).where(eq(auditHead.chain, chain)).for("update");
  const link: AuditLink = {
    id: newId("auditEvent"),
    chain,
    sequence: (head?.sequence ?? 0) + 1,
    actorKind: entry.actor.kind,
    actorId: entry.actor.id,
    actorLabel: entry.actor.label.replaceAll("\0", ""),
    ip: entry.actor.ip,
    action: entry.action,
    targetKind: entry.target.kind,
    targetId: entry.target.id,
    targetLabel: entry.target.label.replaceAll("\0", ""),
    before: toAuditDetail(entry.before),
    after: toAuditDetail(entry.after),
    previousHash: head?.hash ?? GENESIS_HASH,
    createdAt: new Date(clock.nowMs()),
  };
  const hash = linkHash(link);
  await tx.insert(auditEvent).values({ ...link, hash });
  await tx.update(auditHead).set({ sequence: link.sequence, hash }).where(eq(auditHead.chain, chain));
}
