import { z } from "zod";
import { deliver, switchOrganization } from "@/server/auth";
import { invitationMail } from "@/server/mail";
import {
  acceptInvitation,
  changeRole,
  INVITATION_VALID_DAYS,
  inspectInvitation,
  invite,
  listInvitations,
  listMembers,
  ROLES,
  type Role,
  removeMember,
  resendInvitation,
  revokeInvitation,
  transferOwnership,
} from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import { memberProcedure, publicProcedure, router, userProcedure } from "../init";
import { type SignedIn, transact } from "../transact";

const id = z.string().max(64);
const email = z.string().trim().max(254).pipe(z.email("Enter an e-mail address."));
const token = z.strictObject({ token: z.string().max(100) });

/** Who belongs to the signed-in person's organization, and who is asked to. */
export const membersRouter = router({
  list: memberProcedure("members.read").query(async ({ ctx }) => {
    const { db, clock } = ctx.services;
    const [members, invitations] = await Promise.all([
      listMembers(db, ctx.actor.organizationId),
      listInvitations(db, clock, ctx.actor.organizationId),
    ]);
    return { members, invitations, selfId: ctx.actor.memberId, selfRole: ctx.actor.role };
  }),

  invite: memberProcedure("members.manage")
    .input(z.strictObject({ email, role: z.enum(ROLES) }))
    .mutation(async ({ ctx, input }) => {
      const made = await transact(ctx, (tx, { clock, author }) => invite(tx, clock, author, input));
      mailInvitation(ctx, { ...input, secret: made.secret });
      return { id: made.id };
    }),

  resendInvitation: memberProcedure("members.manage")
    .input(z.strictObject({ invitationId: id }))
    .mutation(async ({ ctx, input }) => {
      mailInvitation(
        ctx,
        await transact(ctx, (tx, { clock, author }) => resendInvitation(tx, clock, author, input)),
      );
    }),

  revokeInvitation: memberProcedure("members.manage")
    .input(z.strictObject({ invitationId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, author }) => revokeInvitation(tx, clock, author, input)),
    ),

  changeRole: memberProcedure("members.manage")
    .input(z.strictObject({ memberId: id, role: z.enum(ROLES) }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, author }) => changeRole(tx, clock, author, input)),
    ),

  remove: memberProcedure("members.manage")
    .input(z.strictObject({ memberId: id, keysToServiceAccountId: id.nullable() }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, author }) => removeMember(tx, clock, author, input)),
    ),

  /** Everybody may go, except the last owner. The organization is named, so that another tab's switch changes nothing. */
  leave: memberProcedure("overview.read")
    .input(z.strictObject({ organization: id }))
    .mutation(({ ctx, input }) => {
      if (input.organization !== ctx.actor.organizationId)
        throw new AppError("not_found", {
          message: "You are in another organization now. Switch back first.",
        });
      return transact(ctx, (tx, { clock, author }) =>
        removeMember(tx, clock, author, {
          memberId: ctx.actor.memberId,
          keysToServiceAccountId: null,
        }),
      );
    }),

  transferOwnership: memberProcedure("organization.manage")
    .input(z.strictObject({ memberId: id }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, author }) => transferOwnership(tx, clock, author, input)),
    ),

  /** What the page behind an invitation's link shows; null when the link does not work. */
  invitation: publicProcedure
    .input(token)
    .query(({ ctx, input }) => inspectInvitation(ctx.services.db, ctx.services.clock, input.token)),

  /** Joins, and goes on in the organization that was joined. */
  acceptInvitation: userProcedure.input(token).mutation(async ({ ctx, input }) => {
    const { userId, email: address, sessionId } = ctx.actor;
    return transact(ctx, async (tx, { clock, by }) => {
      const who = { userId, email: address, audit: by };
      const joined = await acceptInvitation(tx, clock, who, input.token);
      await switchOrganization(tx, { userId, sessionId, organizationId: joined.organizationId });
      return joined;
    });
  }),
});

/** After the answer: whether the mail server is quick is nobody's business. */
function mailInvitation(
  ctx: SignedIn,
  invited: { readonly email: string; readonly role: Role; readonly secret: string },
): void {
  const { services, actor } = ctx;
  ctx.defer(() =>
    deliver(
      services,
      invitationMail({
        to: invited.email,
        organizationName: actor.organizationName,
        invitedBy: actor.name,
        role: invited.role,
        url: `${services.appUrl}/invitation?token=${invited.secret}`,
        validDays: INVITATION_VALID_DAYS,
      }),
    ),
  );
}
