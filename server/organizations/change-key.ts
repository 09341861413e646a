import { and, eq } from "drizzle-orm";
import { apiKey } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { type ApiKey, listKeys, toKeyName } from "@/server/keys";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { expiryUnder } from "./issue-key";
import { notThere } from "./lock";
import { type KeyPolicy, readPolicy } from "./policy";

/** What is left out stays as it is. */
export interface KeyChange {
  readonly organizationId: string;
  readonly keyId: string;
  readonly name?: string;
  /** Null: as late as the organization's policy allows. A later expiry revives a key that has expired. */
  readonly expiresAt?: Date | null;
  /** Null: nothing of its own. */
  readonly policy?: KeyPolicy | null;
}

/**
 * Changes what a key is called, how long it lives and what it is restricted to, under the organization's policy. Acts on
 * the next request.
 * @throws AppError not_found, invalid_request (name, expiry), conflict (a revoked key stays as it is)
 */
export async function changeKey(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  change: KeyChange,
): Promise<ApiKey> {
  const { organizationId, keyId } = change;
  const owned = and(eq(apiKey.id, keyId), eq(apiKey.organizationId, organizationId));
  const [before] = await tx.select().from(apiKey).where(owned).for("no key update");
  if (!before) throw notThere();
  if (before.status === "revoked")
    throw new AppError("conflict", { message: "This key was revoked. Create a new one." });
  const wanted = {
    ...(change.name !== undefined && { name: toKeyName(change.name) }),
    ...(change.expiresAt !== undefined && { expiresAt: await expiryOf(tx, clock, change) }),
    ...(change.policy !== undefined && { policy: change.policy }),
  };
  if (Object.keys(wanted).length > 0) {
    await tx.update(apiKey).set(wanted).where(owned);
    const { name, expiresAt, policy } = before;
    await recordAudit(tx, clock, {
      organizationId,
      actor: by,
      action: "key.updated",
      target: { kind: "key", id: keyId, label: wanted.name ?? name },
      before: pick({ name, expiresAt, policy }, wanted),
      after: wanted,
    });
  }
  const key = (await listKeys(tx, organizationId, keyId))[0];
  if (!key) throw notThere();
  return key;
}

async function expiryOf(tx: Executor, clock: Clock, change: KeyChange): Promise<Date | null> {
  const { keys } = await readPolicy(tx, change.organizationId);
  const wanted = change.expiresAt ?? null;
  if (wanted !== null && wanted.getTime() <= clock.nowMs())
    throw new AppError("invalid_request", {
      message: "The expiry lies in the past. To stop a key at once, revoke it.",
      param: "expiresAt",
    });
  return expiryUnder(keys, wanted, clock.nowMs());
}

function pick<Whole extends object>(whole: Whole, like: object): Partial<Whole> {
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => Object.hasOwn(like, name)),
  ) as Partial<Whole>;
}
