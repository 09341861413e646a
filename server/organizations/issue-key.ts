import type { AuditActor } from "@/server/audit";
import { type ApiKey, createKey, defaultProjectId, playgroundKeyOf } from "@/server/keys";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { capNewKey } from "./key-budgets";
import { lockOrganization } from "./lock";
import type { Role } from "./permissions";
import { type KeyPolicy, type OrganizationPolicy, readPolicy } from "./policy";

const DAY_MS = 86_400_000;

export interface KeyWish {
  readonly organizationId: string;
  readonly name: string;
  /** The organization's default project when left out. */
  readonly projectId?: string | null;
  /** Whose key it is: the member's, unless a service account is named. */
  readonly memberId: string | null;
  readonly serviceAccountId?: string | null;
  readonly expiresAt?: Date | null;
  readonly policy?: KeyPolicy | null;
}

/**
 * The one way to a new key that a person or a program asks for: what the organization's policy says about who may make
 * keys, how long they live and how much they may spend is judged here, whichever face the wish came through.
 * @param by.role role of whoever asks; null for a program, whose right was judged by its own key
 * @throws AppError permission_denied (role), invalid_request (lifetime, name, expiry), not_found, conflict
 */
export async function issueKey(
  tx: Executor,
  clock: Clock,
  by: { readonly role: Role | null; readonly audit: AuditActor },
  wish: KeyWish,
): Promise<{ key: ApiKey; secret: string }> {
  const { organizationId } = wish;
  // A policy that is being written and a key that is being made wait for each other: neither misses the other.
  await lockOrganization(tx, organizationId);
  const { keys } = await readPolicy(tx, organizationId);
  if (by.role !== null && !keys.mayCreate.includes(by.role)) {
    throw new AppError("permission_denied", {
      message: `The policy of this organization lets only these roles create keys: ${keys.mayCreate.join(", ") || "none"}. Yours is ${by.role}.`,
      metadata: { role: by.role, rolesAllowed: keys.mayCreate },
    });
  }
  const made = await createKey(
    tx,
    {
      organizationId,
      projectId: wish.projectId ?? (await defaultProjectId(tx, organizationId)),
      memberId: wish.serviceAccountId ? null : wish.memberId,
      serviceAccountId: wish.serviceAccountId ?? null,
      name: wish.name,
      expiresAt: expiryUnder(keys, wish.expiresAt ?? null, clock.nowMs()),
      policy: wish.policy ?? null,
      by: by.audit,
    },
    clock,
  );
  await capNewKey(tx, clock, { organizationId, by: by.audit }, made.key.id);
  return made;
}

/**
 * The key of a member's playground, which is made without anybody asking for a key: what the policy says about the money of a
 * key holds for it as well.
 * @returns its id
 */
export async function playgroundKey(
  tx: Executor,
  clock: Clock,
  whose: { readonly organizationId: string; readonly memberId: string; readonly by: AuditActor },
): Promise<string> {
  await lockOrganization(tx, whose.organizationId);
  const id = await playgroundKeyOf(tx, clock, whose);
  await capNewKey(tx, clock, whose, id);
  return id;
}

/** The expiry that was asked for, or the latest one when none was. @throws AppError invalid_request when it is too late */
export function expiryUnder(
  keys: OrganizationPolicy["keys"],
  wanted: Date | null,
  nowMs: number,
): Date | null {
  if (keys.maxLifetimeDays === null) return wanted;
  const latest = new Date(nowMs + keys.maxLifetimeDays * DAY_MS);
  if (wanted === null) return latest;
  if (wanted > latest) {
    throw new AppError("invalid_request", {
      message: `The policy of this organization lets keys live ${keys.maxLifetimeDays} days at most.`,
      param: "expiresAt",
      metadata: { maxLifetimeDays: keys.maxLifetimeDays },
    });
  }
  return wanted;
}
