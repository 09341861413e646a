import { eq } from "drizzle-orm";
import { organization } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { createOrganization, type NewOrganization } from "./create-organization";
import { lockOrganization } from "./lock";
import { listMemberships } from "./memberships";
import { toName } from "./name";

const MAX_PER_USER = 50;

/**
 * Founds a team; the founder owns it.
 * @throws AppError invalid_request (name), conflict (too many)
 */
export async function createTeam(
  tx: Executor,
  clock: Clock,
  founder: { readonly userId: string; readonly audit: AuditActor },
  name: string,
): Promise<NewOrganization> {
  if ((await listMemberships(tx, founder.userId)).length >= MAX_PER_USER) {
    throw new AppError("conflict", { message: `One person can belong to ${MAX_PER_USER} organizations.` });
  }
  const made = await createOrganization(
    tx,
    { userId: founder.userId, name: toName(name), kind: "team" },
    clock,
  );
  await recordAudit(tx, clock, {
    organizationId: made.organizationId,
    actor: founder.audit,
    action: "organization.created",
    target: { kind: "organization", id: made.organizationId, label: toName(name) },
  });
  return made;
}

/** @throws AppError invalid_request (name) */
export async function renameOrganization(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly organizationId: string; readonly name: string },
): Promise<void> {
  const name = toName(input.name);
  const before = await lockOrganization(tx, input.organizationId);
  if (before.name === name) return;
  await tx.update(organization).set({ name }).where(eq(organization.id, input.organizationId));
  await recordAudit(tx, clock, {
    organizationId: input.organizationId,
    actor: by,
    action: "organization.renamed",
    target: { kind: "organization", id: input.organizationId, label: name },
    before: { name: before.name },
    after: { name },
  });
}
