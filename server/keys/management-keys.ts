import { and, count, desc, eq, isNull, sql } from "drizzle-orm";
import { managementKey, organization } from "@/db/schema";
import { type AuditAction, type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toKeyName } from "./name";
import { MANAGEMENT_SCOPES, type ManagementScope } from "./scopes";
import { createSecret, hashSecret, secretTail } from "./secret";

const MAX_ACTIVE = 50;
const MAX_LISTED = 200;
const HOUR_MS = 3_600_000;

/** A key of the management API as its owners see it. The secret is not part of it. */
export interface ManagementKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly secretTail: string;
  readonly scopes: readonly ManagementScope[];
  /** The member who made it. */
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the hour. */
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

/** A key, and whether the organization may use it now. */
export interface PresentedManagementKey extends ManagementKey {
  readonly isOrganizationSuspended: boolean;
}

const columns = {
  id: managementKey.id,
  organizationId: managementKey.organizationId,
  name: managementKey.name,
  secretTail: managementKey.secretTail,
  scopes: sql<ManagementScope[]>`${managementKey.scopes}`,
  createdBy: managementKey.createdBy,
  expiresAt: managementKey.expiresAt,
  revokedAt: managementKey.revokedAt,
  lastUsedAt: managementKey.lastUsedAt,
  createdAt: managementKey.createdAt,
};

/**
 * Makes a management key in the caller's transaction. The secret is in the answer and nowhere else.
 * @throws AppError invalid_request (name, scopes, expiresAt), conflict (too many)
 */
export async function createManagementKey(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: {
    readonly organizationId: string;
    readonly memberId: string;
    readonly name: string;
    readonly scopes: readonly ManagementScope[];
    readonly expiresAt: Date | null;
  },
): Promise<{ key: ManagementKey; secret: string }> {
  const { organizationId } = input;
  const name = toKeyName(input.name);
  const scopes = MANAGEMENT_SCOPES.filter((scope) => input.scopes.includes(scope));
  if (scopes.length === 0)
    throw new AppError("invalid_request", { message: "Choose what the key may do.", param: "scopes" });
  if (input.expiresAt && input.expiresAt.getTime() <= clock.nowMs())
    throw new AppError("invalid_request", { message: "The expiry lies in the past.", param: "expiresAt" });
  const [live] = await tx
    .select({ n: count() })
    .from(managementKey)
    .where(and(eq(managementKey.organizationId, organizationId), isNull(managementKey.revokedAt)));
  if (Number(live?.n ?? 0) >= MAX_ACTIVE)
    throw new AppError("conflict", {
      message: `An organization can have ${MAX_ACTIVE} management keys that are not revoked.`,
    });
  const id = newId("managementKey");
  const secret = createSecret(id, "management");
  const [key] = await tx
    .insert(managementKey)
    .values({
      id,
      organizationId,
      name,
      scopes,
      secretHash: hashSecret(secret),
      secretTail: secretTail(secret),
      createdBy: input.memberId,
      expiresAt: input.expiresAt,
      createdAt: new Date(clock.nowMs()),
    })
    .returning(columns);
  if (!key) throw notThere();
  await note(tx, clock, by, "management_key.created", key);
  return { key, secret };
}

/** Newest first, at most 200; revoked ones too. */
export async function listManagementKeys(db: Executor, organizationId: string): Promise<ManagementKey[]> {
  return db
    .select(columns)
    .from(managementKey)
    .where(eq(managementKey.organizationId, organizationId))
    .orderBy(desc(managementKey.id))
    .limit(MAX_LISTED);
}

/** Ends a key for good, from its next request on. Twice changes nothing. @throws AppError not_found */
export async function revokeManagementKey(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  of: { readonly organizationId: string; readonly managementKeyId: string },
): Promise<void> {
  const owned = and(
    eq(managementKey.id, of.managementKeyId),
    eq(managementKey.organizationId, of.organizationId),
  );
  const [key] = await tx.select(columns).from(managementKey).where(owned).for("no key update");
  if (!key) throw notThere();
  if (key.revokedAt) return;
  await tx
    .update(managementKey)
    .set({ revokedAt: new Date(clock.nowMs()) })
    .where(owned);
  await note(tx, clock, by, "management_key.revoked", key);
}

/**
 * The key that has this secret and works at this moment, or null: unknown, revoked and expired are one answer.
 * Read at every request, so that revocation acts on the next one. Notes the use, at most once an hour.
 */
export async function findManagementKey(
  db: Executor,
  clock: Clock,
  secretHash: string,
): Promise<PresentedManagementKey | null> {
  const [key] = await db
    .select({ ...columns, isOrganizationSuspended: sql<boolean>`${organization.status} = 'suspended'` })
    .from(managementKey)
    .innerJoin(organization, eq(organization.id, managementKey.organizationId))
    .where(eq(managementKey.secretHash, secretHash));
  const nowMs = clock.nowMs();
  if (!key || key.revokedAt || (key.expiresAt && key.expiresAt.getTime() <= nowMs)) return null;
  if (nowMs - (key.lastUsedAt?.getTime() ?? 0) > HOUR_MS)
    await db
      .update(managementKey)
      .set({ lastUsedAt: new Date(nowMs) })
      .where(eq(managementKey.id, key.id));
  return key;
}

function note(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  action: AuditAction,
  key: ManagementKey,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: key.organizationId,
    actor: by,
    action,
    target: { kind: "management_key", id: key.id, label: key.name },
    after: { name: key.name, scopes: key.scopes, expiresAt: key.expiresAt },
  });
}

function notThere(): AppError {
  return new AppError("not_found", { message: "There is no such management key." });
}
