import { z } from "zod";
import { readProfile, switchOrganization } from "@/server/auth";
import {
  type Actor,
  applyPolicy,
  archiveProject,
  createProject,
  createServiceAccount,
  createTeam,
  listMemberships,
  listProjects,
  listServiceAccounts,
  organizationPolicySchema,
  readPolicy,
  removeServiceAccount,
  renameOrganization,
  renameProject,
} from "@/server/organizations";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { deletePromptsOf } from "@/server/prompts";
import { memberProcedure, router, userProcedure } from "../init";
import { transact } from "../transact";

const id = z.string().max(64);
/** Generous on purpose: the noun trims, counts characters and says what is wrong. */
const name = z.string().max(640);

/** The organizations of the signed-in person, and the settings of the one they act for. */
export const organizationRouter = router({
  mine: userProcedure.query(async ({ ctx }) => ({
    currentId: ctx.actor.organizationId,
    organizations: await listMemberships(ctx.services.db, ctx.actor.userId),
  })),

  create: userProcedure.input(z.strictObject({ name })).mutation(({ ctx, input }) =>
    transact(ctx, async (tx, { clock, by }) => {
      const { userId, sessionId } = ctx.actor;
      const founder = { userId, audit: by };
      const { organizationId } = await createTeam(tx, clock, founder, input.name);
      await switchOrganization(tx, { userId, sessionId, organizationId });
      return { organizationId };
    }),
  ),

  /** Names an organization of the person's own; any other one is not there. */
  switch: userProcedure.input(z.strictObject({ organization: id })).mutation(({ ctx, input }) =>
    switchOrganization(ctx.services.db, {
      userId: ctx.actor.userId,
      sessionId: ctx.actor.sessionId,
      organizationId: input.organization,
    }),
  ),

  rename: memberProcedure("organization.manage")
    .input(z.strictObject({ name }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        renameOrganization(tx, clock, by, { organizationId, name: input.name }),
      ),
    ),

  policy: memberProcedure("policy.read").query(({ ctx }) =>
    readPolicy(ctx.services.db, ctx.actor.organizationId),
  ),

  writePolicy: memberProcedure("policy.manage")
    .input(z.strictObject({ policy: organizationPolicySchema }))
    .mutation(({ ctx, input }) =>
      transact(ctx, async (tx, { clock, organizationId, by }) => {
        const { requireTwoFactor, promptLogging } = input.policy;
        if (requireTwoFactor) await refuseToLockOut(tx, ctx.actor);
        if (!promptLogging.enabled) await deletePromptsOf(tx, organizationId);
        return applyPolicy(tx, clock, by, {
          organizationId,
          policy: input.policy,
        });
      }),
    ),

  projects: memberProcedure("projects.read").query(({ ctx }) =>
    listProjects(ctx.services.db, ctx.actor.organizationId),
  ),

  createProject: memberProcedure("projects.manage")
    .input(z.strictObject({ name }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        createProject(tx, clock, by, { organizationId, name: input.name }),
      ),
    ),

  renameProject: memberProcedure("projects.manage")
    .input(z.strictObject({ projectId: id, name }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        renameProject(tx, clock, by, { organizationId, ...input }),
      ),
    ),

  archiveProject: memberProcedure("projects.manage")
    .input(z.strictObject({ projectId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        archiveProject(tx, clock, by, { organizationId, projectId: input.projectId }),
      ),
    ),

  serviceAccounts: memberProcedure("projects.read").query(({ ctx }) =>
    listServiceAccounts(ctx.services.db, ctx.actor.organizationId),
  ),

  createServiceAccount: memberProcedure("projects.manage")
    .input(z.strictObject({ name }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        createServiceAccount(tx, clock, by, { organizationId, name: input.name }),
      ),
    ),

  removeServiceAccount: memberProcedure("projects.manage")
    .input(z.strictObject({ serviceAccountId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        removeServiceAccount(tx, clock, by, { organizationId, serviceAccountId: input.serviceAccountId }),
      ),
    ),
});

/** Whoever requires a second factor of everybody has one. @throws AppError conflict */
async function refuseToLockOut(tx: Executor, actor: Actor): Promise<void> {
  if ((await readProfile(tx, actor)).hasTwoFactor) return;
  throw new AppError("conflict", {
    message: "Set up two-factor sign-in for yourself first: you would lock yourself out.",
    metadata: { reason: "two_factor_required" },
  });
}
