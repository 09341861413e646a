import { eq } from "drizzle-orm";
import { member, organization, user } from "@/db/schema";
import type { GatewayRequest } from "@/server/gateway";
import { findManagementKey, hashSecret, type ManagementKey, parseSecret } from "@/server/keys";
import type { Actor } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import type { ManagementDeps } from "./route";

export interface Caller {
  readonly key: ManagementKey;
  /**
   * The key as somebody of the organization: an admin, so it can neither make nor unmake an owner. Its member id is the
   * key's own, so that it is never taken for the person who made it.
   */
  readonly actor: Actor;
}

/**
 * Who calls. Only a management key (`dtm_…`) will do: one that calls models is as good as none.
 * @throws AppError invalid_api_key, permission_denied (organization, or the maker of the key, suspended)
 */
export async function authenticate(deps: ManagementDeps, request: GatewayRequest): Promise<Caller> {
  const secret = /^Bearer +(\S+) *$/i.exec(request.header("authorization") ?? "")?.[1];
  // The checksum is asked before the database is.
  if (secret === undefined || !parseSecret(secret, "management")) throw invalidKey();
  const key = await findManagementKey(deps.db, deps.clock, hashSecret(secret));
  if (!key) throw invalidKey();
  if (key.isOrganizationSuspended)
    throw new AppError("permission_denied", {
      message: "This organization is suspended. Please contact support.",
    });
  return { key, actor: await actorOf(deps, key) };
}

async function actorOf({ db }: ManagementDeps, key: ManagementKey): Promise<Actor> {
  const [found] = await db
    .select({
      userId: user.id,
      email: user.email,
      suspendedAt: user.suspendedAt,
      organizationName: organization.name,
    })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .where(eq(member.id, key.createdBy));
  if (!found) throw invalidKey();
  const { suspendedAt, ...maker } = found;
  if (suspendedAt)
    throw new AppError("permission_denied", {
      message: "The person who made this key is suspended. Make another key, or contact support.",
    });
  return {
    ...maker,
    sessionId: key.id,
    name: key.name,
    isOperator: false,
    hasTwoFactor: false,
    mustSetUpTwoFactor: false,
    organizationId: key.organizationId,
    memberId: key.id,
    role: "admin",
  };
}

function invalidKey(): AppError {
  return new AppError("invalid_api_key", {
    message:
      "This takes a management key (dtm_…). The one that was sent is none, unknown, revoked or expired.",
  });
}
