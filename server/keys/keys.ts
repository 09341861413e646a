import { and, asc, count, desc, eq, isNull, sql } from "drizzle-orm";
import { apiKey, member, organization, project, serviceAccount } from "@/db/schema";
import { type AuditActor, recordAudit, SYSTEM_ACTOR } from "@/server/audit";
import { emitEvent } from "@/server/events";
import { type Clock, systemClock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toKeyName } from "./name";
import { createSecret, hashSecret, secretTail } from "./secret";

/** Bounds of an organization: live keys, and rows of one list (revoked keys come last). */
const MAX_ACTIVE_KEYS = 500;
const MAX_LISTED_KEYS = 1_000;

export type KeyStatus = "active" | "expired" | "revoked";

/** An API key as its owners see it. The secret is not part of it; `secretTail` is its last four characters. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly memberId: string | null;
  readonly serviceAccountId: string | null;
  readonly name: string;
  /** `playground`: only our pages call with it, for its member. */
  readonly purpose: "program" | "playground";
  readonly secretTail: string;
  readonly status: KeyStatus;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** The secret before the last rotation works until then; null when there is none. */
  readonly previousValidUntil: Date | null;
  readonly createdAt: Date;
}

export interface NewKey {
  readonly organizationId: string;
  readonly projectId: string;
  /** Null for a key that belongs to no person. */
  readonly memberId: string | null;
  readonly serviceAccountId?: string | null;
  readonly name: string;
  readonly expiresAt?: Date | null;
  /** What it is restricted to, already judged; null for nothing of its own. */
  readonly policy?: unknown;
  /** Who makes it, for the trail; the system when left out. */
  readonly by?: AuditActor;
}

/** Judged by the database's clock, like the ledger does when it admits a request. */
const status = sql<KeyStatus>`CASE WHEN ${apiKey.status} = 'revoked' THEN 'revoked'
  WHEN ${apiKey.expiresAt} <= clock_timestamp() THEN 'expired' ELSE 'active' END`;

export const keyColumns = {
  id: apiKey.id,
  organizationId: apiKey.organizationId,
  projectId: apiKey.projectId,
  memberId: apiKey.memberId,
  serviceAccountId: apiKey.serviceAccountId,
  name: apiKey.name,
  purpose: apiKey.purpose,
  secretTail: apiKey.secretTail,
  status,
  expiresAt: apiKey.expiresAt,
  revokedAt: apiKey.revokedAt,
  previousValidUntil: apiKey.previousValidUntil,
  createdAt: apiKey.createdAt,
};

/**
 * Makes a key in the caller's transaction. The secret is in the answer and nowhere else: it cannot be read again.
 * @throws AppError invalid_request (name, expiry), not_found (project or member of another organization), conflict (too many keys)
 */
export async function createKey(
  tx: Executor,
  input: NewKey,
  clock: Clock = systemClock,
): Promise<{ key: ApiKey; secret: string }> {
  const name = toKeyName(input.name);
  await requireOwners(tx, input);
  const id = newId("apiKey");
  const secret = createSecret(id);
  const [key] = await tx
    .insert(apiKey)
    .values({
      id,
      organizationId: input.organizationId,
      projectId: input.projectId,
      memberId: input.memberId,
      serviceAccountId: input.serviceAccountId ?? null,
      name,
      secretHash: hashSecret(secret),
      secretTail: secretTail(secret),
      expiresAt: input.expiresAt ?? null,
      policy: input.policy ?? null,
    })
    .returning(keyColumns);
  if (!key) throw new AppError("internal_error", { message: "The key could not be made." });
  if (key.status === "expired") {
    throw new AppError("invalid_request", { message: "The expiry lies in the past.", param: "expiresAt" });
  }
  await noteKey(tx, clock, key, { action: "key.created", by: input.by ?? SYSTEM_ACTOR });
  return { key, secret };
}

/** Live keys first, newest first, at most 1,000. @param keyId only this one */
export async function listKeys(db: Executor, organizationId: string, keyId?: string): Promise<ApiKey[]> {
  return db
    .select(keyColumns)
    .from(apiKey)
    .where(
      keyId === undefined ? eq(apiKey.organizationId, organizationId) : ownedKey({ organizationId, keyId }),
    )
    .orderBy(asc(apiKey.status), desc(apiKey.id))
    .limit(MAX_LISTED_KEYS);
}

/**
 * Ends a key for good; the next request with it is refused. Revoking twice changes nothing.
 * @throws AppError not_found, the same for a key of another organization and for none
 */
export async function revokeKey(
  tx: Executor,
  input: { readonly organizationId: string; readonly keyId: string; readonly by?: AuditActor },
  clock: Clock,
): Promise<ApiKey> {
  const [before] = await tx
    .select({ status: apiKey.status })
    .from(apiKey)
    .where(ownedKey(input))
    .for("no key update");
  if (!before) throw keyNotFound();
  const [key] = await tx
    .update(apiKey)
    .set({
      status: "revoked",
      revokedAt: sql`coalesce(${apiKey.revokedAt}, ${new Date(clock.nowMs())})`,
    })
    .where(ownedKey(input))
    .returning(keyColumns);
  if (!key) throw keyNotFound();
  if (before.status !== "revoked")
    await noteKey(tx, clock, key, { action: "key.revoked", by: input.by ?? SYSTEM_ACTOR });
  return key;
}

/** A key and its owners as they are this moment; `suspended` says that the organization may not call. */
export interface KeyState extends ApiKey {
  readonly isOrganizationSuspended: boolean;
}

/** The state of one key, or null when there is none. For answers about a key, never to admit a request. */
export async function readKeyState(db: Executor, keyId: string): Promise<KeyState | null> {
  const [row] = await db
    .select({ ...keyColumns, isOrganizationSuspended: sql<boolean>`${organization.status} = 'suspended'` })
    .from(apiKey)
    .innerJoin(organization, eq(organization.id, apiKey.organizationId))
    .where(eq(apiKey.id, keyId));
  return row ?? null;
}

/**
 * The project that a key belongs to when none is named.
 * @throws AppError not_found
 */
export async function defaultProjectId(db: Executor, organizationId: string): Promise<string> {
  const [row] = await db
    .select({ id: project.id })
    .from(project)
    .where(and(eq(project.organizationId, organizationId), isNull(project.archivedAt)))
    .orderBy(desc(project.isDefault), asc(project.id))
    .limit(1);
  if (!row) throw keyNotFound();
  return row.id;
}

async function requireOwners(tx: Executor, input: NewKey): Promise<void> {
  const [ownProject] = await tx
    .select({ id: project.id })
    .from(project)
    .where(
      and(
        eq(project.id, input.projectId),
        eq(project.organizationId, input.organizationId),
        isNull(project.archivedAt),
      ),
    );
  if (!ownProject) throw keyNotFound();
  if (input.serviceAccountId) await requireServiceAccount(tx, input.organizationId, input.serviceAccountId);
  if (input.memberId !== null) {
    const [ownMember] = await tx
      .select({ id: member.id })
      .from(member)
      .where(
        and(
          eq(member.id, input.memberId),
          eq(member.organizationId, input.organizationId),
          isNull(member.removedAt),
        ),
      );
    if (!ownMember) throw keyNotFound();
  }
  const [live] = await tx
    .select({ keys: count() })
    .from(apiKey)
    .where(and(eq(apiKey.organizationId, input.organizationId), eq(apiKey.status, "active")));
  if (Number(live?.keys ?? 0) >= MAX_ACTIVE_KEYS) {
    throw new AppError("conflict", {
      message: `An organization can have ${MAX_ACTIVE_KEYS} keys that are not revoked. Revoke one first.`,
    });
  }
}

export async function requireServiceAccount(tx: Executor, organizationId: string, id: string): Promise<void> {
  const [own] = await tx
    .select({ id: serviceAccount.id })
    .from(serviceAccount)
    .where(
      and(
        eq(serviceAccount.id, id),
        eq(serviceAccount.organizationId, organizationId),
        isNull(serviceAccount.removedAt),
      ),
    );
  if (!own) throw keyNotFound();
}

export function ownedKey(input: { readonly organizationId: string; readonly keyId: string }) {
  return and(eq(apiKey.id, input.keyId), eq(apiKey.organizationId, input.organizationId));
}

/** The event and the trail of one change of one key, in the transaction of the change. */
export async function noteKey(
  tx: Executor,
  clock: Clock,
  key: ApiKey,
  change: { readonly action: "key.created" | "key.revoked" | "key.rotated"; readonly by: AuditActor },
): Promise<void> {
  await emitEvent(tx, {
    organizationId: key.organizationId,
    type: change.action,
    data: { key_id: key.id, name: key.name, project_id: key.projectId },
  });
  await recordAudit(tx, clock, {
    organizationId: key.organizationId,
    actor: change.by,
    action: change.action,
    target: { kind: "key", id: key.id, label: key.name },
    after: { name: key.name, projectId: key.projectId, status: key.status, expiresAt: key.expiresAt },
  });
}

export function keyNotFound(): AppError {
  return new AppError("not_found", { message: "There is no such key, project or member." });
}
