import { z } from "zod";
import {
  createManagementKey,
  listManagementKeys,
  MANAGEMENT_SCOPES,
  MAX_NAME_LENGTH,
  revokeManagementKey,
} from "@/server/keys";
import { memberProcedure, router } from "../init";
import { transact } from "../transact";

/** Keys of the management API. They change the organization and can call no model. */
export const managementKeysRouter = router({
  list: memberProcedure("management_keys.manage").query(({ ctx }) =>
    listManagementKeys(ctx.services.db, ctx.actor.organizationId),
  ),

  /** Answers the secret, once and only here. */
  create: memberProcedure("management_keys.manage")
    .input(
      z.strictObject({
        name: z.string().max(MAX_NAME_LENGTH * 8),
        scopes: z.array(z.enum(MANAGEMENT_SCOPES)).max(MANAGEMENT_SCOPES.length),
        expiresAt: z.date().nullish(),
      }),
    )
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        createManagementKey(tx, clock, by, {
          organizationId,
          memberId: ctx.actor.memberId,
          name: input.name,
          scopes: input.scopes,
          expiresAt: input.expiresAt ?? null,
        }),
      ),
    ),

  revoke: memberProcedure("management_keys.manage")
    .input(z.strictObject({ managementKeyId: z.string().max(64) }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, organizationId, by }) =>
        revokeManagementKey(tx, clock, by, { organizationId, managementKeyId: input.managementKeyId }),
      ),
    ),
});
