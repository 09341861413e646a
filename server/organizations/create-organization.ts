import { member, organization, project } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";

/** Every organization starts with one project, so that a key can be made at once. */
const DEFAULT_PROJECT_NAME = "Default";

export interface NewOrganization {
  readonly organizationId: string;
  readonly memberId: string;
  readonly projectId: string;
}

/** Makes an organization with its owner and its default project, in the caller's transaction. */
export async function createOrganization(
  tx: Executor,
  input: { readonly userId: string; readonly name: string; readonly kind: "personal" | "team" },
  clock: Clock,
): Promise<NewOrganization> {
  const createdAt = new Date(clock.nowMs());
  const organizationId = newId("organization");
  const memberId = newId("member");
  const projectId = newId("project");
  const { userId, name, kind } = input;
  await tx.insert(organization).values({ id: organizationId, name, kind, createdAt });
  await tx.insert(member).values({ id: memberId, organizationId, userId, role: "owner", createdAt });
  await tx
    .insert(project)
    .values({ id: projectId, organizationId, name: DEFAULT_PROJECT_NAME, isDefault: true, createdAt });
  return { organizationId, memberId, projectId };
}

/** The organization that everybody gets at sign-up, named after its owner. */
export function createPersonalOrganization(
  tx: Executor,
  owner: { readonly userId: string; readonly name: string },
  clock: Clock,
): Promise<NewOrganization> {
  return createOrganization(tx, { ...owner, kind: "personal" }, clock);
}
