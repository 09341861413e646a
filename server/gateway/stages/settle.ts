import type { AttemptRecord } from "@/db/schema";
import type { FinishVerdict, IntentFinish, Outcome } from "@/server/ledger";
import type { Candidate } from "../operation";
import type { GatewayDeps } from "../types";
import type { Admitted } from "./admit";
import type { Metered } from "./meter";

export interface Ended {
  readonly outcome: Outcome;
  readonly httpStatus: number;
  readonly errorCode: string | null;
  readonly finishReason: string | null;
  readonly attempts: readonly AttemptRecord[];
  readonly candidate: Candidate | null;
  /** When the attempt that answered was sent, and when its first bytes came; null when none did. */
  readonly sentAtMs: number | null;
  readonly firstByteAtMs: number | null;
  /** Null: nothing is owed. */
  readonly metered: Metered | null;
}

const RETRY_AFTER_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];

/**
 * Relayed → Settled → Recorded, in one statement. Runs beside the end of the answer and is tried for some seconds;
 * if the process dies before it is done, the sweeper ends the intent at its checkpoint.
 */
export async function settle(deps: GatewayDeps, admitted: Admitted, ended: Ended): Promise<void> {
  const finish = toFinish(deps, admitted, ended);
  reportHealth(deps, admitted, ended);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const verdict = await deps.gate.finish(admitted.key.organizationId, finish);
      await afterFinish(deps, admitted, ended, verdict);
      return;
    } catch (reason) {
      const pauseMs = RETRY_AFTER_MS[attempt];
      if (pauseMs === undefined) {
        deps.log.error(
          { generationId: admitted.generationId, reason: String(reason) },
          "settlement left to the sweeper",
        );
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** What the answer shows of its endpoint. A client that left says nothing about the provider. */
function reportHealth({ routing, clock }: GatewayDeps, { operation }: Admitted, ended: Ended): void {
  const { candidate, sentAtMs, firstByteAtMs, outcome, metered } = ended;
  if (candidate === null || sentAtMs === null || outcome === "canceled") return;
  if (outcome !== "succeeded") {
    routing.board.report(candidate.id, { outcome: "failure" });
    return;
  }
  routing.board.report(candidate.id, {
    outcome: "success",
    durationMs: clock.nowMs() - sentAtMs,
    outputTokens: metered?.usage.completionTokens ?? 0,
    ...(operation.stream && firstByteAtMs !== null ? { firstTokenMs: firstByteAtMs - sentAtMs } : {}),
  });
}

async function afterFinish(
  deps: GatewayDeps,
  admitted: Admitted,
  ended: Ended,
  verdict: FinishVerdict,
): Promise<void> {
  if (verdict.verdict === "late" && ended.metered) {
    await deps.intents.correct(admitted.generationId, ended.metered.charge.costNanoUsd);
  }
  const overrun = (ended.metered?.charge.costNanoUsd ?? 0n) - admitted.reserveNanoUsd;
  if (overrun > 0n) {
    deps.log.warn(
      { generationId: admitted.generationId, overrunNanoUsd: overrun.toString() },
      "usage above the reserve is carried by the platform",
    );
  }
}

function toFinish(deps: GatewayDeps, admitted: Admitted, ended: Ended): IntentFinish {
  const { metered } = ended;
  return {
    id: admitted.generationId,
    charge: metered && {
      basis: metered.basis,
      rawUsage: metered.rawUsage,
      flags: metered.flags,
      ...metered.charge,
    },
    ending: {
      outcome: ended.outcome,
      httpStatus: ended.httpStatus,
      errorCode: ended.errorCode,
      finishReason: ended.finishReason,
      providerSlug: ended.candidate?.provider.slug ?? null,
      inputTokens: metered?.usage.promptTokens ?? 0,
      outputTokens: metered?.usage.completionTokens ?? 0,
      attempts: ended.attempts,
      ttftMs: ended.firstByteAtMs === null ? null : ended.firstByteAtMs - admitted.receivedAtMs,
      latencyMs: deps.clock.nowMs() - admitted.receivedAtMs,
    },
  };
}
