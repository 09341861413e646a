import { and, asc, desc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { apiKey, member, organization, user } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { contains } from "@/server/platform/matching";

const MAX_FOUND = 50;
const MAX_MEMBERS = 200;

/** For the operator console only: organizations by part of their id, name, or a member's address; newest first. */
export async function searchOrganizations(
  db: Executor,
  input: { readonly text: string; readonly status?: "active" | "suspended" | undefined },
) {
  const ofMember = db
    .select({ id: member.organizationId })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(isNull(member.removedAt), contains(input.text, user.email)));
  const matches = or(
    contains(input.text, organization.id, organization.name),
    inArray(organization.id, ofMember),
  );
  return db
    .select({
      id: organization.id,
      name: organization.name,
      kind: organization.kind,
      status: organization.status,
      suspendedFor: organization.suspendedFor,
      createdAt: organization.createdAt,
      members: sql<number>`(SELECT count(*)::int FROM ${member} m WHERE m.organization_id = organization.id AND m.removed_at IS NULL)`,
    })
    .from(organization)
    .where(
      and(input.text === "" ? undefined : matches, input.status && eq(organization.status, input.status)),
    )
    .orderBy(desc(organization.createdAt), desc(organization.id))
    .limit(MAX_FOUND);
}

/** One organization with its people. @throws AppError not_found */
export async function readOrganizationForOperator(db: Executor, organizationId: string) {
  const [found] = await db.select().from(organization).where(eq(organization.id, organizationId));
  if (!found) throw new AppError("not_found", { message: "There is no such organization." });
  const members = await db
    .select({
      userId: user.id,
      email: user.email,
      name: user.name,
      role: member.role,
      since: member.createdAt,
    })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.organizationId, organizationId), isNull(member.removedAt)))
    .orderBy(asc(member.createdAt))
    .limit(MAX_MEMBERS);
  const [keys] = await db
    .select({
      active: sql<number>`count(*) FILTER (WHERE ${apiKey.status} = 'active')::int`,
      all: sql<number>`count(*)::int`,
    })
    .from(apiKey)
    .where(eq(apiKey.organizationId, organizationId));
  const { id, name, kind, status, suspendedFor, createdAt } = found;
  return { id, name, kind, status, suspendedFor, createdAt, members, keys: keys ?? { active: 0, all: 0 } };
}
