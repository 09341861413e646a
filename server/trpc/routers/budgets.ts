import { z } from "zod";
import {
  BUDGET_SCOPES,
  BUDGET_WINDOWS,
  listBudgets,
  readRateLimits,
  setRateLimits,
  simulateBudget,
} from "@/server/budgets";
import { listKeys } from "@/server/keys";
import { changeBudget, dropBudget, listMembers, listProjects, setBudget } from "@/server/organizations";
import { parseUsd } from "@/server/platform/money";
import { memberProcedure, router } from "../init";
import { transact } from "../transact";

const id = z.string().max(64);
const change = {
  window: z.enum(BUDGET_WINDOWS),
  isRolling: z.boolean(),
  isHard: z.boolean(),
  amountNanoUsd: z.bigint(),
  thresholds: z.array(z.number()).max(20),
};
const limit = z.number().nullable();

/** Budgets and rate limits of the signed-in member's organization. All of them bind the next request. */
export const budgetsRouter = router({
  /** The widest scope first; spent and reserved are of one moment. */
  list: memberProcedure("budgets.read").query(({ ctx }) =>
    listBudgets(ctx.services.db, ctx.actor.organizationId, ctx.services.clock.nowMs()),
  ),

  /** What a budget can bind: live projects, members and keys by name. */
  scopes: memberProcedure("budgets.read").query(async ({ ctx }) => {
    const { db } = ctx.services;
    const { organizationId } = ctx.actor;
    const [projects, members, keys] = await Promise.all([
      listProjects(db, organizationId),
      listMembers(db, organizationId),
      listKeys(db, organizationId),
    ]);
    return {
      projects: projects
        .filter(({ archivedAt }) => archivedAt === null)
        .map(({ id, name }) => ({ id, name })),
      members: members.map(({ id, name, email }) => ({ id, name: name || email })),
      keys: keys.filter(({ status }) => status === "active").map(({ id, name }) => ({ id, name })),
    };
  }),

  /** What a budget of these terms would have blocked in the last 30 days. `scopeId` as in `create`. */
  simulate: memberProcedure("budgets.read")
    .input(
      z.strictObject({
        ...{ scope: z.enum(BUDGET_SCOPES), scopeId: id.nullable() },
        ...{ window: change.window, isRolling: change.isRolling, isHard: change.isHard },
        thresholds: change.thresholds,
        /** As text: the browser's cache files questions under their JSON, which has no bigint. */
        amountUsd: z.string().max(32),
      }),
    )
    .query(({ ctx, input: { scopeId, amountUsd, ...terms } }) =>
      simulateBudget(ctx.services.db, {
        organizationId: ctx.actor.organizationId,
        terms: {
          ...terms,
          // No amount at all is refused like one that is too small.
          amountNanoUsd: parseUsd(amountUsd) ?? 0n,
          scopeId: terms.scope === "organization" ? ctx.actor.organizationId : (scopeId ?? ""),
        },
        nowMs: ctx.services.clock.nowMs(),
      }),
    ),

  /** `scopeId` is null for the organization itself. */
  create: memberProcedure("budgets.manage")
    .input(z.strictObject({ scope: z.enum(BUDGET_SCOPES), scopeId: id.nullable(), ...change }))
    .mutation(({ ctx, input: { scopeId, ...terms } }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        setBudget(tx, clock, {
          organizationId,
          memberId: ctx.actor.memberId,
          by,
          terms: {
            ...terms,
            scopeId: terms.scope === "organization" ? organizationId : (scopeId ?? ""),
          },
        }),
      ),
    ),

  update: memberProcedure("budgets.manage")
    .input(z.strictObject({ budgetId: id, ...change }))
    .mutation(({ ctx, input: { budgetId, ...terms } }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        changeBudget(tx, clock, { organizationId, by, budgetId, change: terms }),
      ),
    ),

  remove: memberProcedure("budgets.manage")
    .input(z.strictObject({ budgetId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        dropBudget(tx, clock, { organizationId, by, budgetId: input.budgetId }),
      ),
    ),

  /** `keyId` is null for the organization itself; null in the answer is the platform's own limit. */
  rateLimits: memberProcedure("budgets.read")
    .input(z.strictObject({ keyId: id.nullable() }))
    .query(({ ctx, input }) =>
      readRateLimits(ctx.services.db, { organizationId: ctx.actor.organizationId, keyId: input.keyId }),
    ),

  setRateLimits: memberProcedure("budgets.manage")
    .input(
      z.strictObject({
        keyId: id.nullable(),
        requestsPerMinute: limit,
        tokensPerMinute: limit,
        maxConcurrent: limit,
      }),
    )
    .mutation(({ ctx, input: { keyId, ...terms } }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        setRateLimits(tx, clock, { organizationId, by, keyId, terms }),
      ),
    ),
});
