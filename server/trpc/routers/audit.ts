import { z } from "zod";
import { AUDIT_ACTIONS, listAudit, verifyChain } from "@/server/audit";
import { memberProcedure, router } from "../init";

const PAGE_SIZE = 50;

/** The trail of changes of the signed-in member's organization. */
export const auditRouter = router({
  list: memberProcedure("audit.read")
    .input(
      z.strictObject({
        /** Sequence number to continue below. */
        cursor: z.int().min(1).nullish(),
        direction: z.literal("forward").optional(),
        action: z.enum(AUDIT_ACTIONS).nullish(),
        /** Person or key whose changes are wanted, and thing that was changed. */
        actor: z.string().max(64).nullish(),
        target: z.string().max(64).nullish(),
        from: z.date().nullish(),
        to: z.date().nullish(),
      }),
    )
    .query(({ ctx, input: { cursor, action, actor, target, from, to } }) =>
      listAudit(ctx.services.db, {
        chain: ctx.actor.organizationId,
        cursor,
        limit: PAGE_SIZE,
        filters: { action, actorId: actor, targetId: target, from, to },
      }),
    ),

  /** Walks the whole chain: the check behind the verify page. */
  verify: memberProcedure("audit.read").query(({ ctx }) =>
    verifyChain(ctx.services.db, ctx.actor.organizationId),
  ),
});
