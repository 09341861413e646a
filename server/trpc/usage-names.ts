import { listKeys } from "@/server/keys";
import type { UsageGroup } from "@/server/logs";
import { listMembers, listProjects } from "@/server/organizations";
import type { TrpcServices } from "./services";

/** Ids of the organization's own things → what people call them. Slugs speak for themselves. */
export async function usageNames(
  { db }: TrpcServices,
  organizationId: string,
  group: UsageGroup,
): Promise<Readonly<Record<string, string>>> {
  if (group === "key") {
    const keys = await listKeys(db, organizationId);
    return Object.fromEntries(keys.map(({ id, name, secretTail }) => [id, `${name} …${secretTail}`]));
  }
  if (group === "project")
    return Object.fromEntries((await listProjects(db, organizationId)).map(({ id, name }) => [id, name]));
  if (group === "member")
    return Object.fromEntries((await listMembers(db, organizationId)).map(({ id, name }) => [id, name]));
  return {};
}
