import { and, asc, desc, eq, gt, inArray } from "drizzle-orm";
import {
  apiKey,
  auditEvent,
  invitation,
  linkedAccount,
  member,
  order,
  organization,
  requestLog,
  ticket,
  ticketMessage,
  user,
  userSession,
} from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";

const MOST_AUDIT_ROWS = 50_000;
const REQUESTS_A_PAGE = 1_000;

interface Section {
  readonly name: string;
  read(db: Executor, userId: string): Promise<unknown>;
}

/** Everything that is about one person, each part by itself. Secrets, hashes and sealed texts are not in it. */
export const SECTIONS: readonly Section[] = [
  {
    name: "profile",
    async read(db, userId) {
      const [row] = await db
        .select({
          id: user.id,
          email: user.email,
          name: user.name,
          email_verified_at: user.emailVerifiedAt,
          has_two_factor: user.hasTwoFactor,
          created_at: user.createdAt,
        })
        .from(user)
        .where(eq(user.id, userId));
      return row ?? null;
    },
  },
  {
    name: "memberships",
    read: (db, userId) =>
      db
        .select({
          organization_id: organization.id,
          organization: organization.name,
          role: member.role,
          joined_at: member.createdAt,
          left_at: member.removedAt,
        })
        .from(member)
        .innerJoin(organization, eq(organization.id, member.organizationId))
        .where(eq(member.userId, userId))
        .orderBy(asc(member.id)),
  },
  {
    name: "sign_ins",
    read: (db, userId) =>
      db
        .select({
          provider: linkedAccount.provider,
          email: linkedAccount.email,
          since: linkedAccount.createdAt,
        })
        .from(linkedAccount)
        .where(eq(linkedAccount.userId, userId)),
  },
  {
    name: "sessions",
    read: (db, userId) =>
      db
        .select({
          created_at: userSession.createdAt,
          last_seen_at: userSession.lastSeenAt,
          ended_at: userSession.endedAt,
          browser: userSession.userAgent,
        })
        .from(userSession)
        .where(eq(userSession.userId, userId))
        .orderBy(asc(userSession.id)),
  },
  {
    name: "keys",
    read: async (db, userId) =>
      db
        .select({
          id: apiKey.id,
          organization_id: apiKey.organizationId,
          name: apiKey.name,
          status: apiKey.status,
          created_at: apiKey.createdAt,
          expires_at: apiKey.expiresAt,
          revoked_at: apiKey.revokedAt,
        })
        .from(apiKey)
        .where(inArray(apiKey.memberId, await memberIds(db, userId)))
        .orderBy(asc(apiKey.id)),
  },
  {
    name: "orders",
    async read(db, userId) {
      const rows = await db
        .select({
          id: order.id,
          organization_id: order.organizationId,
          amount: order.amountNanoUsd,
          status: order.status,
          created_at: order.createdAt,
          paid_at: order.paidAt,
        })
        .from(order)
        .where(eq(order.createdByUserId, userId))
        .orderBy(asc(order.id));
      return rows.map(({ amount, ...rest }) => ({ ...rest, amount_usd: toDecimalUsd(amount) }));
    },
  },
  {
    name: "invitations",
    read: (db, userId) =>
      db
        .select({
          organization_id: invitation.organizationId,
          email: invitation.email,
          role: invitation.role,
          created_at: invitation.createdAt,
        })
        .from(invitation)
        .where(eq(invitation.invitedByUserId, userId)),
  },
  {
    name: "support",
    read: (db, userId) =>
      db
        .select({
          ticket_id: ticket.id,
          subject: ticket.subject,
          author: ticketMessage.author,
          text: ticketMessage.body,
          at: ticketMessage.createdAt,
        })
        .from(ticket)
        .innerJoin(ticketMessage, eq(ticketMessage.ticketId, ticket.id))
        .where(eq(ticket.userId, userId))
        .orderBy(asc(ticketMessage.id)),
  },
  {
    name: "actions",
    read: async (db, userId) =>
      db
        .select({
          at: auditEvent.createdAt,
          organization_id: auditEvent.chain,
          action: auditEvent.action,
          target: auditEvent.targetId,
          ip: auditEvent.ip,
        })
        .from(auditEvent)
        .where(
          and(inArray(auditEvent.chain, await organizationIds(db, userId)), eq(auditEvent.actorId, userId)),
        )
        .orderBy(desc(auditEvent.createdAt))
        .limit(MOST_AUDIT_ROWS),
  },
];

/** Requests that were made with the person's own keys, in pages, oldest first. */
export async function* requestPages(db: Executor, userId: string): AsyncGenerator<readonly unknown[]> {
  const memberships = await db
    .select({ id: member.id, organizationId: member.organizationId })
    .from(member)
    .where(eq(member.userId, userId))
    .orderBy(asc(member.id));
  for (const { id, organizationId } of memberships) {
    let after = "";
    for (;;) {
      const rows = await db
        .select()
        .from(requestLog)
        .where(
          and(
            eq(requestLog.organizationId, organizationId),
            eq(requestLog.memberId, id),
            gt(requestLog.id, after),
          ),
        )
        .orderBy(asc(requestLog.id))
        .limit(REQUESTS_A_PAGE);
      if (rows.length > 0) yield rows.map(toRequest);
      const last = rows.at(-1);
      if (!last || rows.length < REQUESTS_A_PAGE) break;
      after = last.id;
    }
  }
}

function toRequest(row: typeof requestLog.$inferSelect) {
  return {
    id: row.id,
    organization_id: row.organizationId,
    key_id: row.keyId,
    at: row.createdAt,
    api: row.api,
    model: row.modelSlug,
    outcome: row.outcome,
    http_status: row.httpStatus,
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    cost_usd: toDecimalUsd(row.cost),
  };
}

async function organizationIds(db: Executor, userId: string): Promise<string[]> {
  const rows = await db.select({ id: member.organizationId }).from(member).where(eq(member.userId, userId));
  return rows.map(({ id }) => id);
}

async function memberIds(db: Executor, userId: string): Promise<string[]> {
  const rows = await db.select({ id: member.id }).from(member).where(eq(member.userId, userId));
  return rows.map(({ id }) => id);
}
