import { eq } from "drizzle-orm";
import { organization } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { notThere } from "./lock";

interface Suspension {
  readonly organizationId: string;
  readonly by: AuditActor;
  /** For the trail: what a later reader has to know. */
  readonly reason: string;
}

/**
 * Stops every key of an organization from its next request on; it keeps its data and its money, and its members may
 * still sign in. An operator's word stands above a dispute's, and only an operator takes it back. What its last owner closed
 * stays closed.
 * @returns whether that changed anything
 * @throws AppError not_found
 */
export async function suspendOrganization(
  tx: Executor,
  clock: Clock,
  input: Suspension & { readonly for: "operator" | "dispute" | "closed" },
): Promise<boolean> {
  const before = await lockRow(tx, input.organizationId);
  const isStronger = input.for !== "dispute" && before.suspendedFor === "dispute";
  if (before.status === "suspended" && !isStronger) return false;
  await tx
    .update(organization)
    .set({ status: "suspended", suspendedFor: input.for })
    .where(eq(organization.id, before.id));
  await note(tx, clock, input, "organization.suspended", before, { status: "suspended", for: input.for });
  return true;
}

/**
 * Lets an organization's keys work again.
 * @param input.for `dispute` ends only what a dispute began; `operator` ends any suspension of ours
 * @returns whether that changed anything
 * @throws AppError not_found, conflict (`reason`: closed_by_owner)
 */
export async function resumeOrganization(
  tx: Executor,
  clock: Clock,
  input: Suspension & { readonly for: "operator" | "dispute" },
): Promise<boolean> {
  const before = await lockRow(tx, input.organizationId);
  if (before.status === "active") return false;
  // Its owner's own word, with the account: keys are revoked and nobody is left in it. That is not taken back from here.
  if (before.suspendedFor === "closed" && input.for === "operator")
    throw new AppError("conflict", {
      message:
        "Its owner closed this organization with their account: nobody is left in it, and its keys are revoked. It cannot be resumed.",
      metadata: { reason: "closed_by_owner" },
    });
  if (input.for === "dispute" && before.suspendedFor !== "dispute") return false;
  await tx
    .update(organization)
    .set({ status: "active", suspendedFor: null })
    .where(eq(organization.id, before.id));
  await note(tx, clock, input, "organization.resumed", before, { status: "active" });
  return true;
}

type Row = typeof organization.$inferSelect;

async function lockRow(tx: Executor, organizationId: string): Promise<Row> {
  const [row] = await tx
    .select()
    .from(organization)
    .where(eq(organization.id, organizationId))
    .for("no key update");
  if (!row) throw notThere();
  return row;
}

function note(
  tx: Executor,
  clock: Clock,
  input: Suspension,
  action: "organization.suspended" | "organization.resumed",
  before: Row,
  after: Readonly<Record<string, string>>,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: input.organizationId,
    actor: input.by,
    action,
    target: { kind: "organization", id: before.id, label: before.name },
    before: { status: before.status, ...(before.suspendedFor && { for: before.suspendedFor }) },
    after: { ...after, reason: input.reason },
  });
}
