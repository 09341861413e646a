import { z } from "zod";
import { beginExport, deleteAccount, listExports, makeExports, planFarewell } from "@/server/accounts";
import { deleteAccountForm, deliver, requireProof, takeAttempt } from "@/server/auth";
import { accountDeletedMail } from "@/server/mail";
import { auditActor } from "@/server/organizations";
import { router, userProcedure } from "../init";

/** A person's own data: taking it along, and taking it away. */
export const ownDataRouter = router({
  exports: userProcedure.query(({ ctx }) =>
    listExports(ctx.services.db, ctx.services.clock, ctx.actor.userId),
  ),

  /** Begins an export, or answers the one that is being made. The file is made after the answer. */
  beginExport: userProcedure.input(z.strictObject({})).mutation(async ({ ctx }) => {
    const { db, clock, log } = ctx.services;
    await takeAttempt(db, clock, "data_export", ctx.actor.userId);
    const begun = await beginExport(db, clock, { actor: ctx.actor, audit: auditActor(ctx.actor, ctx.ip) });
    // The job makes what this process does not.
    ctx.defer(() =>
      makeExports(db, clock).then(
        () => {},
        (reason: unknown) => log.error({ reason: String(reason) }, "an export was not made"),
      ),
    );
    return begun;
  }),

  /** What would become of each organization, and what is in the way. */
  farewell: userProcedure.query(({ ctx }) => planFarewell(ctx.services.db, ctx.actor.userId)),

  /** All of it or nothing; the session is over then. */
  deleteAccount: userProcedure.input(deleteAccountForm).mutation(async ({ ctx, input }) => {
    const { services, actor } = ctx;
    const own = { actor, audit: auditActor(actor, ctx.ip) };
    await requireProof(services, own, input);
    await deleteAccount(services.db, services.clock, own, input);
    const mail = accountDeletedMail({ to: actor.email, url: `${services.appUrl}/docs/account` });
    ctx.defer(() => deliver(services, mail));
  }),
});
