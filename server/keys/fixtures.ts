import { member, organization, project, user } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";

/** Ids of an organization with one owner and one project, for tests. */
export interface OwnerFixture {
  readonly organizationId: string;
  readonly projectId: string;
  readonly memberId: string;
  readonly userId: string;
  readonly role: "owner";
}

export async function createOwnerFixture(db: Database): Promise<OwnerFixture> {
  const ids = {
    organizationId: newId("organization"),
    projectId: newId("project"),
    memberId: newId("member"),
    userId: newId("user"),
  };
  await db.insert(user).values({ id: ids.userId, email: `${ids.userId}@test.invalid`, name: "Test" });
  await db.insert(organization).values({ id: ids.organizationId, name: "Test", kind: "personal" });
  await db.insert(member).values({
    id: ids.memberId,
    organizationId: ids.organizationId,
    userId: ids.userId,
    role: "owner",
  });
  await db
    .insert(project)
    .values({ id: ids.projectId, organizationId: ids.organizationId, name: "Default", isDefault: true });
  return { ...ids, role: "owner" };
}
