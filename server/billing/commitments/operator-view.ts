import { and, desc, eq, gt, inArray, lt, lte, or } from "drizzle-orm";
import { commitment, organization } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import { contains } from "@/server/platform/matching";
import { commitmentColumns } from "./commitments";
import { describeCommitment } from "./standing";

/** What an operator looks for: offers, those that wait for a first payment, those that run, are late, or are over. */
export type CommitmentKind = "quoted" | "accepted" | "active" | "past_due" | "over";

/**
 * For the operator console only: commitments of everybody, newest first, by keyset, each with how its year goes. An offer
 * that nobody accepted in time counts as over.
 * @throws AppError invalid_request (cursor)
 */
export async function listAllCommitments(
  db: Executor,
  clock: Clock,
  input: {
    readonly kind?: CommitmentKind | undefined;
    /** Part of an organization's name or id, or of a commitment's id. */
    readonly text?: string | undefined;
    readonly cursor?: string | null | undefined;
    readonly limit: number;
  },
) {
  if (input.cursor && !isId("commitment", input.cursor))
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  const rows = await db
    .select({
      ...commitmentColumns,
      organizationName: organization.name,
      stripeSubscriptionId: commitment.stripeSubscriptionId,
    })
    .from(commitment)
    .innerJoin(organization, eq(organization.id, commitment.organizationId))
    .where(
      and(
        input.kind && ofKind(input.kind, clock),
        input.cursor ? lt(commitment.id, input.cursor) : undefined,
        contains(input.text, organization.name, organization.id, commitment.id),
      ),
    )
    .orderBy(desc(commitment.id))
    .limit(input.limit + 1);
  const page = rows.slice(0, input.limit);
  return {
    commitments: await Promise.all(page.map((row) => describeCommitment(db, row, clock))),
    nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null,
  };
}

function ofKind(kind: CommitmentKind, clock: Clock) {
  const now = new Date(clock.nowMs());
  if (kind === "quoted") return and(eq(commitment.status, "quoted"), gt(commitment.validUntil, now));
  if (kind !== "over") return eq(commitment.status, kind);
  const hasLapsed = and(eq(commitment.status, "quoted"), lte(commitment.validUntil, now));
  return or(inArray(commitment.status, ["canceled", "withdrawn"]), hasLapsed);
}
