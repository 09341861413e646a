import type { AttemptRecord, IntentRequest, PriceLine } from "@/db/schema";
import { createBatcher } from "./batcher";
import { callFunction, isAboutData, type StatementRunner, toJsonb } from "./statement";

/** A request about to reach a provider. Amounts in nano-USD. */
export interface IntentStart {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly keyId: string;
  readonly memberId: string | null;
  /** Null only when the request cannot cost anything. */
  readonly leaseId: string | null;
  readonly modelSlug: string;
  readonly endpointId: string;
  readonly priceVersionId: string;
  readonly reserved: bigint;
  /** What it takes of the tokens a minute, as far as can be said beforehand. */
  readonly tokens: number;
  /** Milliseconds until the database may end the intent on its own. */
  readonly ttlMs: number;
  /** The limits that the counters judged it by; the intent is refused as stale when they have changed since. */
  readonly limitsVersion?: number;
  /** When the counters admitted it, epoch milliseconds by their clock; the database's own time without it. */
  readonly admittedAtMs?: number;
  readonly request: IntentRequest;
}

/** closed: the lease is fenced. short: it cannot carry this. stale: limits changed. key: revoked or expired. */
export type StartVerdict = "ok" | "duplicate" | "closed" | "short" | "stale" | "key" | "suspended";

export interface Charge {
  readonly costNanoUsd: bigint;
  readonly supplierCostNanoUsd: bigint;
  readonly lines: readonly PriceLine[];
  readonly endpointId: string;
  readonly priceVersionId: string;
}

export type UsageBasis = "provider" | "counted";

/**
 * What was odd about an account, for reconciliation with the provider's bill.
 * - `implausible`: the provider's numbers cannot be true, so ours were charged; the raw usage is kept
 * - `above_bound`: believed, but more than the request's own size accounts for (the provider may have searched)
 * - `inconsistent`: the parts did not add up to the whole and were cut to fit
 * - `unpriced`: something was used that the price version has no price for; it was not charged
 */
export type UsageFlag = "implausible" | "above_bound" | "inconsistent" | "unpriced";
export type Outcome = "succeeded" | "failed" | "canceled" | "truncated";

/** How a request ended, for the request log. Durations in milliseconds. */
export interface Ending {
  readonly outcome: Outcome;
  readonly httpStatus: number;
  readonly errorCode: string | null;
  readonly finishReason: string | null;
  readonly providerSlug: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly attempts: readonly AttemptRecord[];
  readonly ttftMs: number | null;
  readonly latencyMs: number;
}

export interface IntentFinish {
  readonly id: string;
  readonly ending: Ending;
  /** Null voids the intent: nothing is owed. */
  readonly charge:
    | (Charge & {
        readonly basis: UsageBasis;
        readonly rawUsage: unknown;
        readonly flags?: readonly UsageFlag[];
      })
    | null;
}

/** late: the intent expired meanwhile and was charged at its checkpoint; see `correct`. */
export interface FinishVerdict {
  readonly verdict: "settled" | "voided" | "already" | "late" | "unknown";
  readonly chargedNanoUsd: bigint;
}

export interface Intents {
  start(intent: IntentStart): Promise<StartVerdict>;
  checkpoint(id: string, charge: Charge): Promise<void>;
  /** Was a request of this id ever started, however it ended? */
  isKnown(id: string): Promise<boolean>;
  finish(finish: IntentFinish): Promise<FinishVerdict>;
  /** Charges what an expired intent really cost, at most once; answers the nano-USD charged. */
  correct(id: string, costNanoUsd: bigint): Promise<bigint>;
}

const START = "SELECT id, verdict FROM start_intents($1::jsonb)";
const IS_KNOWN = "SELECT EXISTS (SELECT 1 FROM intent WHERE id = $1) AS known";
const CHECKPOINT = "SELECT checkpoint_intents($1::jsonb)";
const FINISH = "SELECT id, verdict, charged FROM finish_intents($1::jsonb)";

/** Steps 3 to 5 of the settlement protocol, grouped over the concurrent requests of this process. */
export function createIntents(pool: StatementRunner): Intents {
  const starts = createBatcher<IntentStart, StartVerdict>({
    maxItems: 64,
    maxConcurrent: 2,
    isCausedByItem: isAboutData,
    run: async (items) => {
      const batch = toJsonb(items.map(toStartRow));
      const { rows, repeated } = await callFunction<{ id: string; verdict: StartVerdict }>(pool, START, [
        batch,
      ]);
      const verdicts = new Map(rows.map((row) => [row.id, row.verdict]));
      return items.map((item) => {
        const verdict = verdicts.get(item.id) ?? "closed";
        // Ids are ours and new: after a repeated statement a duplicate is the first try having arrived.
        return repeated && verdict === "duplicate" ? "ok" : verdict;
      });
    },
  });

  const checkpoints = createBatcher<{ id: string; charge: Charge }, true>({
    maxItems: 64,
    maxConcurrent: 1,
    isCausedByItem: isAboutData,
    run: async (items) => {
      await callFunction(pool, CHECKPOINT, [
        toJsonb(items.map(({ id, charge }) => ({ id, ...toChargeRow(charge) }))),
      ]);
      return items.map(() => true as const);
    },
  });

  const finishes = createBatcher<IntentFinish, FinishVerdict>({
    maxItems: 64,
    maxConcurrent: 1,
    isCausedByItem: isAboutData,
    run: async (items) => {
      // The same request may be ended twice at once, by its process and by the outbox: the first is the one that is sent.
      const first = new Map([...items].reverse().map((item) => [item.id, item]));
      const batch = toJsonb([...first.values()].map(toFinishRow));
      const { rows } = await callFunction<{
        id: string;
        verdict: FinishVerdict["verdict"];
        charged: bigint | null;
      }>(pool, FINISH, [batch]);
      const verdicts = new Map(rows.map((row) => [row.id, row]));
      return items.map((item) => {
        const row = verdicts.get(item.id);
        return { verdict: row?.verdict ?? "unknown", chargedNanoUsd: row?.charged ?? 0n };
      });
    },
  });

  return {
    start: (intent) => starts.add(intent),
    checkpoint: async (id, charge) => {
      await checkpoints.add({ id, charge });
    },
    isKnown: async (id) => {
      const { rows } = await callFunction<{ known: boolean }>(pool, IS_KNOWN, [id]);
      return rows[0]?.known === true;
    },
    finish: (finish) => finishes.add(finish),
    correct: async (id, costNanoUsd) => {
      const { rows } = await callFunction<{ charged: bigint }>(
        pool,
        "SELECT correct_intent($1, $2) AS charged",
        [id, costNanoUsd],
      );
      return rows[0]?.charged ?? 0n;
    },
  };
}

export function toStartRow(intent: IntentStart) {
  return {
    id: intent.id,
    organization_id: intent.organizationId,
    project_id: intent.projectId,
    key_id: intent.keyId,
    member_id: intent.memberId,
    lease_id: intent.leaseId,
    model_slug: intent.modelSlug,
    endpoint_id: intent.endpointId,
    price_version_id: intent.priceVersionId,
    reserved: intent.reserved.toString(),
    tokens: intent.tokens,
    ttl_ms: intent.ttlMs,
    limits_version: intent.limitsVersion ?? null,
    admitted_at_ms: intent.admittedAtMs ?? null,
    request: intent.request,
  };
}

function toChargeRow(charge: Charge) {
  return {
    cost: charge.costNanoUsd.toString(),
    supplier_cost: charge.supplierCostNanoUsd.toString(),
    lines: charge.lines,
    endpoint_id: charge.endpointId,
    price_version_id: charge.priceVersionId,
  };
}

function toFinishRow({ id, ending, charge }: IntentFinish) {
  return {
    id,
    voided: charge === null,
    provider_slug: ending.providerSlug,
    outcome: ending.outcome,
    http_status: ending.httpStatus,
    error_code: ending.errorCode,
    finish_reason: ending.finishReason,
    input_tokens: ending.inputTokens,
    output_tokens: ending.outputTokens,
    attempts: ending.attempts,
    ttft_ms: ending.ttftMs,
    latency_ms: ending.latencyMs,
    ...(charge && {
      basis: charge.basis,
      raw_usage: charge.rawUsage,
      flags: charge.flags ?? [],
      ...toChargeRow(charge),
    }),
  };
}
