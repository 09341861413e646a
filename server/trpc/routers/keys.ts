import { z } from "zod";
import { listKeys, MAX_NAME_LENGTH, revokeKey, rotateKey } from "@/server/keys";
import { issueKey, keyPolicySchema } from "@/server/organizations";
import { memberProcedure, router } from "../init";
import { transact } from "../transact";

const id = z.string().max(64);

/** API keys of the signed-in member's organization. */
export const keysRouter = router({
  list: memberProcedure("keys.read").query(({ ctx }) => listKeys(ctx.services.db, ctx.actor.organizationId)),

  /** Answers the secret, once and only here. */
  create: memberProcedure("keys.create")
    .input(
      z.strictObject({
        // Generous on purpose: the noun trims, counts characters and says what is wrong.
        name: z.string().max(MAX_NAME_LENGTH * 8),
        expiresAt: z.date().nullish(),
        projectId: id.nullish(),
        /** Whose key it is; the person's own when left out. */
        serviceAccountId: id.nullish(),
        policy: keyPolicySchema.nullish(),
      }),
    )
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        issueKey(
          tx,
          clock,
          { role: ctx.actor.role, audit: by },
          { ...input, organizationId, memberId: ctx.actor.memberId },
        ),
      ),
    ),

  /** A new secret, answered once and only here; the old one goes on for the overlap. */
  rotate: memberProcedure("keys.create")
    .input(z.strictObject({ keyId: id, overlapMinutes: z.int() }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        rotateKey(tx, clock, { ...input, organizationId, by }),
      ),
    ),

  revoke: memberProcedure("keys.revoke")
    .input(z.strictObject({ keyId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        revokeKey(tx, { organizationId, keyId: input.keyId, by }, clock),
      ),
    ),
});
