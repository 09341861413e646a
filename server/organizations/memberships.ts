import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { member, organization } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import type { Role } from "./permissions";

export interface Membership {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly kind: "personal" | "team";
  readonly memberId: string;
  readonly role: Role;
}

const columns = {
  organizationId: organization.id,
  organizationName: organization.name,
  kind: organization.kind,
  memberId: member.id,
  role: member.role,
};

/** Every organization of a user that they belong to now, the personal one first, then in the order of joining. */
export async function listMemberships(db: Executor, userId: string): Promise<Membership[]> {
  return db
    .select(columns)
    .from(member)
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .where(and(eq(member.userId, userId), isNull(member.removedAt)))
    .orderBy(sql`${organization.kind} <> 'personal'`, asc(member.id));
}

/**
 * The organization a user acts for: the preferred one when they are a member of it, else the first of
 * {@link listMemberships}. Null for a user without any.
 */
export async function organizationOf(
  db: Executor,
  userId: string,
  preferredOrganizationId?: string,
): Promise<Membership | null> {
  if (preferredOrganizationId !== undefined) {
    const [preferred] = await db
      .select(columns)
      .from(member)
      .innerJoin(organization, eq(organization.id, member.organizationId))
      .where(
        and(
          eq(member.userId, userId),
          eq(member.organizationId, preferredOrganizationId),
          isNull(member.removedAt),
        ),
      );
    if (preferred) return preferred;
  }
  const [first] = await listMemberships(db, userId);
  return first ?? null;
}
