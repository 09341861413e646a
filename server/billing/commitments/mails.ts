import { type NoticeKind, queueNotice } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";
import type { CommitmentRow } from "./commitments";

type Kind = Extract<NoticeKind, `commitment_${string}`>;

/**
 * Mails what became of a commitment to those who pay, in the transaction of the fact. One that never began is no news to
 * anybody.
 */
export async function mailOfCommitment(
  tx: Executor,
  clock: Clock,
  kind: Kind,
  about: Pick<CommitmentRow, "id" | "organizationId" | "yearlyNanoUsd" | "startedAt">,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { id, organizationId, yearlyNanoUsd, startedAt } = about;
  if (!startedAt) return;
  const data = { commitmentId: id, yearlyUsd: toDecimalUsd(yearlyNanoUsd), ...more };
  await queueNotice(tx, clock, { organizationId, kind, data });
}

/** A day in UTC, as mails name it. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
