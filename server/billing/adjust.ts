import { eq } from "drizzle-orm";
import { organization } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { creditBalance, debitBalance } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, toDecimalUsd } from "@/server/platform/money";

/** More than this at once is a typing mistake. */
const MAX_NANO_USD = 1_000_000n * 1_000_000_000n;

export interface Adjustment {
  readonly organizationId: string;
  readonly amountNanoUsd: NanoUsd;
  /** Why: kept with the transfer and in the organization's trail, which its members can read. */
  readonly reason: string;
  /** Made in the browser once per intention: the same key is the same adjustment. */
  readonly attemptKey: string;
  readonly by: AuditActor;
}

/**
 * Gives an organization promotional credit.
 * @param input.expiresAt what is unspent then ends; null: it stays
 * @returns false when the attempt was made before
 * @throws AppError not_found, invalid_request (amount, reason, expiry)
 */
export async function grantCredit(
  tx: Executor,
  clock: Clock,
  input: Adjustment & { readonly expiresAt: Date | null },
): Promise<boolean> {
  const name = await check(tx, input);
  if (input.expiresAt !== null && input.expiresAt.getTime() <= clock.nowMs())
    throw invalid("expiresAt", "The credit would end in the past.");
  const isCredited = await creditBalance(tx, {
    organizationId: input.organizationId,
    kind: "grant",
    bucket: "promotional",
    source: sourceOf(input),
    amountNanoUsd: input.amountNanoUsd,
    memo: input.reason,
    ...(input.expiresAt && { expiresAt: input.expiresAt }),
  });
  if (isCredited) await note(tx, clock, input, name, { grantedUsd: toDecimalUsd(input.amountNanoUsd) });
  return isCredited;
}

/**
 * Takes paid money out of a balance to correct a mistake of ours. Never more than is there: a correction makes no debt.
 * @returns false when the attempt was made before
 * @throws AppError not_found, invalid_request (amount, reason), conflict (the balance does not carry it)
 */
export async function takeAdjustment(tx: Executor, clock: Clock, input: Adjustment): Promise<boolean> {
  const name = await check(tx, input);
  const debit = await debitBalance(tx, {
    organizationId: input.organizationId,
    kind: "adjustment",
    source: sourceOf(input),
    amountNanoUsd: input.amountNanoUsd,
    to: "platform",
    mayOwe: false,
    memo: input.reason,
  });
  if (debit.verdict === "insufficient")
    throw new AppError("conflict", {
      message: `The balance has $${toDecimalUsd(debit.availableNanoUsd)} of paid money that is not reserved.`,
    });
  if (debit.verdict === "taken")
    await note(tx, clock, input, name, { takenUsd: toDecimalUsd(input.amountNanoUsd) });
  return debit.verdict === "taken";
}

const sourceOf = ({ organizationId, attemptKey }: Adjustment) => `${organizationId}:${attemptKey}`;

async function check(tx: Executor, input: Adjustment): Promise<string> {
  const [found] = await tx
    .select({ name: organization.name })
    .from(organization)
    .where(eq(organization.id, input.organizationId));
  if (!found) throw new AppError("not_found", { message: "There is no such organization." });
  if (input.amountNanoUsd <= 0n || input.amountNanoUsd > MAX_NANO_USD)
    throw invalid("amountUsd", "Enter an amount above zero, up to $1,000,000.");
  if (input.reason.trim() === "") throw invalid("reason", "Say why: the organization can read it.");
  return found.name;
}

function note(
  tx: Executor,
  clock: Clock,
  input: Adjustment,
  name: string,
  change: Readonly<Record<string, string>>,
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: input.organizationId,
    actor: input.by,
    action: "balance.adjusted",
    target: { kind: "organization", id: input.organizationId, label: name },
    after: { ...change, reason: input.reason },
  });
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
