import type { GateVerdict, RateFigures } from "@/server/admission";
import { newId } from "@/server/platform/ids";
import type { GatewayDeps } from "../types";
import { maxCostOf, overMaxCost, refusalOf, roomOf } from "./limits";
import { type Planned, tightenPlan } from "./plan";
import { settle } from "./settle";

declare const HELD: unique symbol;

/**
 * A request whose money is held and whose intent is durable. Only `admit` makes one, and the call to a provider takes
 * nothing else: that is what keeps a route from reaching a provider unpaid.
 */
export interface Admitted extends Planned {
  readonly [HELD]: true;
  /** Names the intent, the usage record, the receipt and the answer's `x-generation-id`. */
  readonly generationId: string;
  /** What is left of the rate limits; null where nothing is known of them. */
  readonly rates: RateFigures | null;
}

/** Holds outlive the longest request by this much, so that only a dead process lets one expire. */
const HOLD_GRACE_MS = 60_000;
/** Money and budgets can each be short in turn, and others spend meanwhile; after this many cuts the answer is no. */
const MAX_CUTS = 3;
/** What a request without an output limit is expected to answer, for the tokens a minute; corrected when it has ended. */
const EXPECTED_OUTPUT_TOKENS = 1_024;
/** The bound counts bytes; text has about this many of them per token. */
const BYTES_PER_TOKEN = 4;

/**
 * Planned → Admitted. Reserves the worst case and makes the intent durable; without both no provider is called.
 * When money or a budget is short the plan is made as small as it can be before the request is refused.
 * @throws AppError insufficient_balance, budget_exceeded, rate_limit_exceeded, service_unavailable, and what the gate throws
 */
export async function admit(deps: GatewayDeps, planned: Planned): Promise<Admitted> {
  const generationId = newId("generation");
  let plan = await withinMaxCost(deps, planned);
  for (let cuts = 0; ; cuts += 1) {
    const verdict = await verdictOn(deps, plan, generationId);
    if (verdict.kind === "admitted") return held(plan, generationId, verdict.rates);
    if (verdict.kind === "limited") throw refusalOf(deps, plan, verdict);
    const room = roomOf(verdict);
    plan = await tightenPlan(deps, plan, room);
    if (plan.reserveNanoUsd > room || cuts >= MAX_CUTS) throw refusalOf(deps, plan, verdict);
  }
}

/** The gate's word in time. An intent that becomes durable later is for nobody: no provider is called, and nothing is owed. */
async function verdictOn(deps: GatewayDeps, plan: Planned, generationId: string): Promise<GateVerdict> {
  const asked = deps.gate.admit(toAdmission(deps, plan, generationId));
  return plan.patience.wait(asked).catch((tooLate: unknown) => {
    plan.request.waitUntil(giveBack(deps, plan, generationId, asked));
    throw tooLate;
  });
}

async function giveBack(
  deps: GatewayDeps,
  plan: Planned,
  generationId: string,
  asked: Promise<GateVerdict>,
): Promise<void> {
  // Who is not answered at all leaves at most an intent that the sweeper ends at nothing.
  const verdict = await asked.catch(() => null);
  if (verdict?.kind !== "admitted") return;
  await settle(deps, held(plan, generationId, verdict.rates), {
    outcome: "failed",
    httpStatus: 503,
    errorCode: "service_unavailable",
    finishReason: null,
    attempts: [],
    candidate: null,
    sentAtMs: null,
    firstByteAtMs: null,
    metered: null,
  });
}

/** The plan within the call's own `max_cost_usd`. @throws AppError invalid_request, budget_exceeded */
export async function withinMaxCost(deps: GatewayDeps, planned: Planned): Promise<Planned> {
  const maxCost = maxCostOf(planned.operation.maxCostUsd);
  if (maxCost === null || planned.reserveNanoUsd <= maxCost) return planned;
  const tight = await tightenPlan(deps, planned, maxCost);
  if (tight.reserveNanoUsd > maxCost) throw overMaxCost(tight, maxCost);
  return tight;
}

function held(planned: Planned, generationId: string, rates: RateFigures | null): Admitted {
  return { generationId, rates, ...planned } as Admitted;
}

function toAdmission(deps: GatewayDeps, planned: Planned, generationId: string) {
  const [candidate] = planned.candidates;
  return {
    id: generationId,
    receivedAtMs: planned.receivedAtMs,
    organizationId: planned.key.organizationId,
    projectId: planned.key.projectId,
    keyId: planned.key.keyId,
    memberId: planned.key.memberId,
    modelSlug: planned.model.slug,
    endpointId: candidate.id,
    priceVersionId: candidate.priceVersion.id,
    reserved: planned.reserveNanoUsd,
    tokens: expectedTokens(planned),
    ttlMs: planned.operation.holdMs ?? deps.limits.maxDurationMs + HOLD_GRACE_MS,
    request: {
      requestId: planned.requestId,
      api: planned.api.name,
      requestedModel: planned.operation.model,
      streamed: planned.operation.stream,
    },
  };
}

function expectedTokens({ demand, outputTokens, operation }: Planned): number {
  const output = operation.outputLimit ? outputTokens : Math.min(outputTokens, EXPECTED_OUTPUT_TOKENS);
  return Math.ceil(demand.promptTokens / BYTES_PER_TOKEN) + output * operation.choices;
}
