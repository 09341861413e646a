import type { StrictStart } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import type { Admission, GateVerdict } from "./gate";
import { figuresOf } from "./rates";
import { duplicate, invalidKey, suspended } from "./refusals";

/** Requests a second that one process sends down the strict path for one organization: it is exact, and it is slow. */
const PER_SECOND = 20;

/**
 * Admission without counters. Postgres judges key, rates, budgets and money under the organization's lock; the counters' lease is
 * closed first, so whoever can still reach them cannot spend beside it. There is never an admission without a verdict.
 */
export function createStrictPath(start: StrictStart, clock: Clock) {
  const allowances = new Map<string, { tokens: number; atMs: number }>();

  const takeAllowance = (organizationId: string): boolean => {
    const nowMs = clock.nowMs();
    const before = allowances.get(organizationId) ?? { tokens: PER_SECOND, atMs: nowMs };
    const refilled = before.tokens + (Math.max(nowMs - before.atMs, 0) * PER_SECOND) / 1_000;
    const tokens = Math.min(PER_SECOND, refilled) - 1;
    if (tokens < 0) return false;
    allowances.set(organizationId, { tokens, atMs: nowMs });
    return true;
  };

  /** @throws AppError invalid_api_key, permission_denied, conflict, service_unavailable */
  return async (admission: Admission): Promise<GateVerdict> => {
    if (!takeAllowance(admission.organizationId)) {
      throw new AppError("service_unavailable", {
        message: "We are running with reduced capacity for a moment. Please retry.",
        internal: "the strict path is full",
        retryAfterSeconds: 1,
      });
    }
    const verdict = await start(admission);
    const rates = figuresOf(verdict.rateUse);
    switch (verdict.kind) {
      case "ok":
        return { kind: "admitted", rates };
      case "insufficient":
        return { kind: "insufficient", availableNanoUsd: verdict.availableNanoUsd, rates };
      case "cap":
        return { kind: "capped", cap: verdict.cap, rates };
      case "rate":
        return { kind: "limited", rate: verdict.rate, rates };
      case "duplicate":
        throw duplicate();
      case "suspended":
        throw suspended();
      case "key":
        throw invalidKey();
    }
  };
}
