import { and, eq, type SQL } from "drizzle-orm";
import { apiKey } from "@/db/schema";
import type { AuditActor } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { keyColumns, noteKey, requireServiceAccount } from "./keys";

/**
 * What becomes of the keys of a member who goes: all of them stop, or all go on under a service account.
 * @throws AppError not_found (service account of another organization)
 */
export async function releaseKeysOf(
  tx: Executor,
  clock: Clock,
  input: {
    readonly organizationId: string;
    readonly memberId: string;
    readonly toServiceAccountId: string | null;
    readonly by: AuditActor;
  },
): Promise<{ revokedKeys: number; movedKeys: number }> {
  const theirs = and(
    eq(apiKey.organizationId, input.organizationId),
    eq(apiKey.memberId, input.memberId),
    eq(apiKey.status, "active"),
  );
  if (input.toServiceAccountId === null)
    return { revokedKeys: await revokeWhere(tx, clock, input.by, theirs), movedKeys: 0 };
  await requireServiceAccount(tx, input.organizationId, input.toServiceAccountId);
  // A playground is its person's: no program goes on with it.
  const playground = and(theirs, eq(apiKey.purpose, "playground"));
  const revokedKeys = await revokeWhere(tx, clock, input.by, playground);
  const moved = await tx
    .update(apiKey)
    .set({ memberId: null, serviceAccountId: input.toServiceAccountId })
    .where(theirs)
    .returning({ id: apiKey.id });
  return { revokedKeys, movedKeys: moved.length };
}

/** Stops every key of a project or a service account. @returns how many were still active */
export async function revokeKeysIn(
  tx: Executor,
  clock: Clock,
  input: {
    readonly organizationId: string;
    readonly projectId?: string;
    readonly serviceAccountId?: string;
    readonly by: AuditActor;
  },
): Promise<number> {
  const owner =
    input.projectId === undefined
      ? eq(apiKey.serviceAccountId, input.serviceAccountId ?? "")
      : eq(apiKey.projectId, input.projectId);
  const active = and(eq(apiKey.organizationId, input.organizationId), eq(apiKey.status, "active"), owner);
  return revokeWhere(tx, clock, input.by, active);
}

/** Each key that stops has its event and its line in the trail, as if it had been revoked alone. */
async function revokeWhere(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  which: SQL | undefined,
): Promise<number> {
  const revoked = await tx
    .update(apiKey)
    .set({ status: "revoked", revokedAt: new Date(clock.nowMs()) })
    .where(which)
    .returning(keyColumns);
  for (const key of revoked) await noteKey(tx, clock, key, { action: "key.revoked", by });
  return revoked.length;
}
