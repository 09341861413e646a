import { z } from "zod";
import { invitationMail } from "@/server/mail";
import {
  changeRole,
  INVITATION_VALID_DAYS,
  type Invitation,
  invite,
  listInvitations,
  listMembers,
  type Member,
  ROLES,
  removeMember,
  revokeInvitation,
} from "@/server/organizations";
import { defineRoute, type RouteContext } from "../route";
import { cutPage, deleted, id, pageOf, paging, requireFound, time } from "../wire";

const ofMember = z.strictObject({ member_id: id });
const ofInvitation = z.strictObject({ invitation_id: id });
const role = z.enum(ROLES);
const member = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  has_two_factor: z.boolean(),
  joined_at: time,
});
const invitation = z.object({
  id: z.string(),
  email: z.string(),
  role,
  is_expired: z.boolean(),
  expires_at: time,
  created_at: time,
});

const memberParts = [
  defineRoute({
    method: "GET",
    path: "/organization/members",
    scope: "members:read",
    summary: "List members in the order of joining",
    query: paging,
    answer: pageOf(member),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listMembers(tx, organizationId), query, toMember),
  }),
  defineRoute({
    method: "GET",
    path: "/organization/members/{member_id}",
    scope: "members:read",
    summary: "Read a member",
    params: ofMember,
    answer: member,
    run: (context, { params }) => readMember(context, params.member_id),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organization/members/{member_id}",
    scope: "members:write",
    summary: "Give a member another role, up to admin; an owner's stays",
    params: ofMember,
    body: z.strictObject({ role }),
    example: { role: "viewer" },
    answer: member,
    async run(context, { params: { member_id: memberId }, body }) {
      const { tx, clock, actor, by } = context;
      await changeRole(tx, clock, { actor, audit: by }, { memberId, role: body.role });
      return readMember(context, memberId);
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/organization/members/{member_id}",
    scope: "members:write",
    summary: "Remove a member, not an owner; their keys stop, or go on under a service account",
    params: ofMember,
    query: z.strictObject({ keys_to_service_account_id: id.optional() }),
    answer: deleted,
    async run({ tx, clock, actor, by }, { params: { member_id: memberId }, query }) {
      const keysToServiceAccountId = query.keys_to_service_account_id ?? null;
      await removeMember(tx, clock, { actor, audit: by }, { memberId, keysToServiceAccountId });
      return { id: memberId, deleted: true as const };
    },
  }),
];

const invitationParts = [
  defineRoute({
    method: "GET",
    path: "/organization/invitations",
    scope: "members:read",
    summary: "List open invitations, newest first",
    query: paging,
    answer: pageOf(invitation),
    run: async ({ tx, clock, organizationId }, { query }) =>
      cutPage(await listInvitations(tx, clock, organizationId), query, toInvitation),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/invitations",
    scope: "members:write",
    summary: "Invite somebody by e-mail, with a role up to admin",
    body: z.strictObject({ email: z.email().max(254), role }),
    example: { email: "ada@example.com", role: "developer" },
    status: 201,
    answer: invitation,
    async run(context, { body }) {
      const { tx, clock, actor, by, organizationId } = context;
      const made = await invite(tx, clock, { actor, audit: by }, body);
      mailInvitation(context, body, made.secret);
      const open = await listInvitations(tx, clock, organizationId);
      return toInvitation(
        requireFound(
          open.find((each) => each.id === made.id),
          "invitation",
        ),
      );
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/organization/invitations/{invitation_id}",
    scope: "members:write",
    summary: "Revoke an invitation; its link stops working",
    params: ofInvitation,
    answer: deleted,
    async run({ tx, clock, actor, by }, { params }) {
      await revokeInvitation(tx, clock, { actor, audit: by }, { invitationId: params.invitation_id });
      return { id: params.invitation_id, deleted: true as const };
    },
  }),
];

export const memberRoutes = [...memberParts, ...invitationParts];

function mailInvitation(
  { deps, actor, defer }: RouteContext,
  invited: { readonly email: string; readonly role: z.infer<typeof role> },
  secret: string,
): void {
  const mail = invitationMail({
    to: invited.email,
    organizationName: actor.organizationName,
    invitedBy: actor.name,
    role: invited.role,
    url: `${deps.appUrl}/invitation?token=${secret}`,
    validDays: INVITATION_VALID_DAYS,
  });
  defer(() =>
    deps.mailer
      .send(mail)
      .catch((reason: unknown) => deps.log.error({ reason: String(reason) }, "an invitation was not sent")),
  );
}

async function readMember({ tx, organizationId }: RouteContext, memberId: string) {
  const members = await listMembers(tx, organizationId);
  return toMember(
    requireFound(
      members.find((each) => each.id === memberId),
      "member",
    ),
  );
}

function toMember(of: Member): z.infer<typeof member> {
  const { id: memberId, name, email, role: memberRole, hasTwoFactor, joinedAt } = of;
  return {
    id: memberId,
    name,
    email,
    role: memberRole,
    has_two_factor: hasTwoFactor,
    joined_at: joinedAt.toISOString(),
  };
}

function toInvitation(of: Invitation): z.infer<typeof invitation> {
  return {
    id: of.id,
    email: of.email,
    role: of.role,
    is_expired: of.isExpired,
    expires_at: of.expiresAt.toISOString(),
    created_at: of.createdAt.toISOString(),
  };
}
