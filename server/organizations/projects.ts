import { and, asc, count, desc, eq, isNull } from "drizzle-orm";
import { apiKey, project } from "@/db/schema";
import { type AuditAction, type AuditActor, recordAudit } from "@/server/audit";
import { revokeKeysIn } from "@/server/keys";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { notThere } from "./lock";
import { toName } from "./name";

const MAX_PROJECTS = 200;

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
  /** Keys that work. */
  readonly activeKeys: number;
}

interface ProjectName {
  readonly organizationId: string;
  readonly projectId: string;
}

/** The default one first, then by name; archived ones last. */
export async function listProjects(db: Executor, organizationId: string): Promise<Project[]> {
  const rows = await db
    .select({
      id: project.id,
      name: project.name,
      isDefault: project.isDefault,
      createdAt: project.createdAt,
      archivedAt: project.archivedAt,
      activeKeys: count(apiKey.id),
    })
    .from(project)
    .leftJoin(apiKey, and(eq(apiKey.projectId, project.id), eq(apiKey.status, "active")))
    .where(eq(project.organizationId, organizationId))
    .groupBy(project.id)
    .orderBy(desc(isNull(project.archivedAt)), desc(project.isDefault), asc(project.name));
  return rows.map((row) => ({ ...row, activeKeys: Number(row.activeKeys) }));
}

/** @throws AppError invalid_request (name), conflict (name taken, too many) */
export async function createProject(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: { readonly organizationId: string; readonly name: string },
): Promise<{ id: string; name: string }> {
  const name = toName(input.name);
  const [existing] = await tx
    .select({ n: count() })
    .from(project)
    .where(eq(project.organizationId, input.organizationId));
  if (Number(existing?.n ?? 0) >= MAX_PROJECTS)
    throw new AppError("conflict", { message: `An organization can have ${MAX_PROJECTS} projects.` });
  const [made] = await tx
    .insert(project)
    .values({
      id: newId("project"),
      organizationId: input.organizationId,
      name,
      createdAt: new Date(clock.nowMs()),
    })
    .onConflictDoNothing()
    .returning({ id: project.id, name: project.name });
  if (!made) throw nameTaken();
  await note(tx, clock, by, "project.created", { ...input, projectId: made.id }, name);
  return made;
}

/** @throws AppError not_found, invalid_request (name), conflict (name taken) */
export async function renameProject(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: ProjectName & { readonly name: string },
): Promise<void> {
  const name = toName(input.name);
  const before = await ownProject(tx, input);
  const [taken] = await tx
    .select({ id: project.id })
    .from(project)
    .where(and(eq(project.organizationId, input.organizationId), eq(project.name, name)));
  if (taken && taken.id !== input.projectId) throw nameTaken();
  await tx.update(project).set({ name }).where(eq(project.id, input.projectId));
  await note(tx, clock, by, "project.renamed", input, name, { name: before.name });
}

/**
 * Ends a project: its keys stop at once. What it spent stays in the logs.
 * @throws AppError not_found, conflict (the default project stays)
 */
export async function archiveProject(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  input: ProjectName,
): Promise<{ revokedKeys: number }> {
  const before = await ownProject(tx, input);
  if (before.isDefault)
    throw new AppError("conflict", { message: "The default project cannot be archived: new keys go there." });
  await tx
    .update(project)
    .set({ archivedAt: new Date(clock.nowMs()) })
    .where(eq(project.id, input.projectId));
  const revokedKeys = await revokeKeysIn(tx, clock, { ...input, by });
  await note(tx, clock, by, "project.archived", input, before.name, { revokedKeys });
  return { revokedKeys };
}

async function ownProject(tx: Executor, input: ProjectName) {
  const [found] = await tx
    .select()
    .from(project)
    .where(
      and(
        eq(project.id, input.projectId),
        eq(project.organizationId, input.organizationId),
        isNull(project.archivedAt),
      ),
    )
    .for("no key update");
  if (!found) throw notThere();
  return found;
}

function nameTaken(): AppError {
  return new AppError("conflict", { message: "There is a project of this name already.", param: "name" });
}

function note(
  tx: Executor,
  clock: Clock,
  by: AuditActor,
  action: AuditAction,
  of: ProjectName,
  label: string,
  before?: Record<string, unknown>,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: of.organizationId,
    actor: by,
    action,
    target: { kind: "project", id: of.projectId, label },
    before,
    after: { name: label },
  });
}
