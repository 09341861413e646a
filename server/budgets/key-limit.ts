import type { Executor } from "@/server/platform/database";
import type { NanoUsd } from "@/server/platform/money";
import { listBudgets } from "./budgets";
import type { Budget } from "./types";

/** What a key may spend by its own hard budgets. `reset` is null when nothing comes back at a fixed time of the calendar. */
export interface KeyLimit {
  readonly limitNanoUsd: NanoUsd;
  /** What the next request can still reserve: neither spent nor held by requests in flight. */
  readonly remainingNanoUsd: NanoUsd;
  readonly reset: "daily" | "weekly" | "monthly" | null;
}

/** The hard budget of the key that has the least left; null when it has none of its own. */
export async function readKeyLimit(
  db: Executor,
  key: { readonly organizationId: string; readonly keyId: string },
  nowMs: number,
): Promise<KeyLimit | null> {
  const budgets = await listBudgets(db, key.organizationId, nowMs);
  const own = budgets.filter(
    ({ scope, scopeId, isHard }) => scope === "key" && scopeId === key.keyId && isHard,
  );
  const [tightest] = own.map(toKeyLimit).sort((a, b) => (a.remainingNanoUsd < b.remainingNanoUsd ? -1 : 1));
  return tightest ?? null;
}

const RESETS = { day: "daily", week: "weekly", month: "monthly", "5h": null, total: null } as const;

function toKeyLimit({ amountNanoUsd, spentNanoUsd, reservedNanoUsd, window, isRolling }: Budget): KeyLimit {
  const left = amountNanoUsd - spentNanoUsd - reservedNanoUsd;
  return {
    limitNanoUsd: amountNanoUsd,
    remainingNanoUsd: left > 0n ? left : 0n,
    reset: isRolling ? null : RESETS[window],
  };
}
