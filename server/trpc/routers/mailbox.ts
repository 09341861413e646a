import { z } from "zod";
import type { Mailbox } from "@/server/mail";
import { AppError } from "@/server/platform/errors";
import { publicProcedure, router } from "../init";
import type { TrpcServices } from "../services";

/** The development mailbox. Open to everybody while it is on, absent otherwise. */
export const mailboxRouter = router({
  list: publicProcedure.query(async ({ ctx }) => {
    const mails = await mailboxOf(ctx.services).list();
    return mails.map(({ id, sentAt, to, subject }) => ({ id, sentAt, to, subject }));
  }),

  read: publicProcedure.input(z.strictObject({ id: z.string().max(100) })).query(async ({ ctx, input }) => {
    const mail = await mailboxOf(ctx.services).read(input.id);
    if (!mail) throw notFound();
    return mail;
  }),
});

function mailboxOf(services: TrpcServices): Mailbox {
  if (!services.mailbox) throw notFound();
  return services.mailbox;
}

function notFound(): AppError {
  return new AppError("not_found", { message: "There is nothing here." });
}
