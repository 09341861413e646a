import { and, asc, count, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import { commitment, dispute, member, order, organization, refund } from "@/db/schema";
import { readBalance } from "@/server/ledger";
import type { Role } from "@/server/organizations";
import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";

/** Why an account cannot go yet. */
export type Obstacle =
  /** Others belong to an organization that has no other owner. */
  | "sole_owner"
  | "requests_in_flight"
  /** The organization owes money. */
  | "debt"
  /** A payment, an invoice, a refund or a dispute that has not ended. */
  | "open_money"
  /** An agreed yearly commitment. */
  | "commitment";

/** What becomes of one organization when the person goes. */
export interface Farewell {
  readonly organizationId: string;
  readonly name: string;
  readonly memberId: string;
  readonly role: Role;
  /** `closed`: nobody else is in it. */
  readonly fate: "left" | "closed";
  /** What would be given up with a closed one; 0 otherwise. */
  readonly balanceNanoUsd: NanoUsd;
  readonly obstacles: readonly Obstacle[];
}

/** Every organization of a person and what becomes of it, in the order of their ids, so that locks are taken in one order. */
export async function planFarewell(db: Executor, userId: string): Promise<Farewell[]> {
  const rows = await db
    .select({
      organizationId: organization.id,
      name: organization.name,
      memberId: member.id,
      role: member.role,
    })
    .from(member)
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .where(and(eq(member.userId, userId), isNull(member.removedAt)))
    .orderBy(asc(organization.id));
  const plan: Farewell[] = [];
  for (const row of rows) plan.push(await planOne(db, row));
  return plan;
}

type Membership = Pick<Farewell, "organizationId" | "name" | "memberId" | "role">;

async function planOne(db: Executor, row: Membership): Promise<Farewell> {
  const others = await countOthers(db, row, false);
  if (others > 0) {
    const isSoleOwner = row.role === "owner" && (await countOthers(db, row, true)) === 0;
    return { ...row, fate: "left", balanceNanoUsd: 0n, obstacles: isSoleOwner ? ["sole_owner"] : [] };
  }
  const balance = await readBalance(db, row.organizationId);
  const obstacles: Obstacle[] = [
    ...(balance.reservedNanoUsd > 0n ? (["requests_in_flight"] as const) : []),
    ...(balance.debtNanoUsd > 0n ? (["debt"] as const) : []),
    ...((await hasOpenMoney(db, row.organizationId)) ? (["open_money"] as const) : []),
    ...((await hasCommitment(db, row.organizationId)) ? (["commitment"] as const) : []),
  ];
  const left = balance.availableNanoUsd > 0n ? balance.availableNanoUsd : 0n;
  return { ...row, fate: "closed", balanceNanoUsd: left, obstacles };
}

async function countOthers(
  db: Executor,
  { organizationId, memberId }: Membership,
  ownersOnly: boolean,
): Promise<number> {
  const [others] = await db
    .select({ n: count() })
    .from(member)
    .where(
      and(
        eq(member.organizationId, organizationId),
        ne(member.id, memberId),
        isNull(member.removedAt),
        ownersOnly ? eq(member.role, "owner") : undefined,
      ),
    );
  return Number(others?.n ?? 0);
}

/** Money on its way in or back. An order that was only placed is none: nobody has paid anything. */
async function hasOpenMoney(db: Executor, organizationId: string): Promise<boolean> {
  const ofOrganization = (table: typeof order | typeof refund | typeof dispute) =>
    eq(table.organizationId, organizationId);
  const isYoung = sql`${order.createdAt} > now() - interval '2 days'`;
  const [payment] = await db
    .select({ id: order.id })
    .from(order)
    .where(
      and(
        ofOrganization(order),
        sql`(${eq(order.status, "approved")} OR (${eq(order.status, "pending")} AND ${isYoung}))`,
      ),
    )
    .limit(1);
  const [back] = await db
    .select({ id: refund.id })
    .from(refund)
    .where(and(ofOrganization(refund), eq(refund.status, "pending")))
    .limit(1);
  const [disputed] = await db
    .select({ id: dispute.id })
    .from(dispute)
    .where(and(ofOrganization(dispute), eq(dispute.status, "open")))
    .limit(1);
  return payment !== undefined || back !== undefined || disputed !== undefined;
}

async function hasCommitment(db: Executor, organizationId: string): Promise<boolean> {
  const [agreed] = await db
    .select({ id: commitment.id })
    .from(commitment)
    .where(
      and(
        eq(commitment.organizationId, organizationId),
        inArray(commitment.status, ["accepted", "active", "past_due"]),
      ),
    )
    .limit(1);
  return agreed !== undefined;
}
