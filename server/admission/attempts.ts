import type { CapFigures, Intents, Lendable } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import type { AdmitRequest, AdmitVerdict, Basis, CapRefusal, CounterStore, RateFigures } from "./contract";
import type { Admission, GateVerdict } from "./gate";
import { createLookout, type Lookout } from "./lookout";
import type { RefillCall, RefillCoordinator, Tick } from "./refill";
import { busy, duplicate, invalidKey, suspended } from "./refusals";
import type { Releases } from "./releases";

/** How long a request waits, in all, for money or a budget that requests in flight may give back. */
const WAIT_FOR_RELEASE_MS = 250;
/** A request that came this long ago does not begin to wait: every refusal comes within a second. */
const NO_WAIT_AFTER_MS = 500;
/** How long a request waits while another process refills before it asks Postgres whether there is anything to wait for. */
const WAIT_FOR_LOCK_MS = 250;
/** How long it waits when there is; then it is told to come back. */
const WAIT_FOR_LOCK_AT_MOST_MS = 900;
/** How long a request may be sent round between the counter store and Postgres before it is told to come back. */
const GIVE_UP_MS = 5_000;
/** Counters of an organization are rebuilt at most this often on the word of a refused request. */
const RECOUNT_EVERY_MS = 1_000;

/** What is waited for when it is no budget. */
const BALANCE = "balance";

interface AttemptDeps {
  readonly store: CounterStore;
  readonly intents: Pick<Intents, "start" | "isKnown">;
  readonly clock: Clock;
  readonly lock: string;
  readonly coordinator: RefillCoordinator;
  readonly releases: Releases;
  readonly limitsVersion: (organizationId: string, arrivedAt: Tick) => Promise<number | null>;
  readonly lendable: (organizationId: string, arrivedAt: Tick) => Promise<Lendable>;
}

/** One request on its way through the gate. */
interface Attempt {
  readonly admission: Admission;
  readonly arrivedAtMs: number;
  /** Only what was looked up after this is an answer to it. */
  arrivedAt: Tick;
  /** Before the counters were asked the last time. */
  askedAt: Tick;
  /** Refused by Postgres after the counters had admitted it: its rates are taken. */
  isAgain: boolean;
  /** Spent so far on waiting for money or a budget. */
  waitedMs: number;
  waitingForLockSinceMs: number | null;
  /** Postgres has said that there is money for it while it waited. */
  isWorthWaiting: boolean;
  rates: RateFigures | null;
}

/** What an attempt came to; "again": ask the counters once more. */
type Step = GateVerdict | "again";

/** Asks the counters and Postgres in turn until both have said the same about a request. */
export function createAttempts(deps: AttemptDeps) {
  const { clock } = deps;
  const lookout = createLookout<Attempt>();
  const recountedAtMs = new Map<string, number>();
  const mayRecount = (organizationId: string): boolean => {
    const lastMs = recountedAtMs.get(organizationId) ?? Number.NEGATIVE_INFINITY;
    if (clock.nowMs() - lastMs < RECOUNT_EVERY_MS) return false;
    recountedAtMs.set(organizationId, clock.nowMs());
    return true;
  };
  const stepDeps: StepDeps = { lookout, mayRecount, ...deps };

  return {
    /** @throws AppError invalid_api_key, permission_denied, conflict, service_unavailable; NoVerdict when the store fails */
    async admit(admission: Admission): Promise<GateVerdict> {
      const attempt: Attempt = {
        admission,
        arrivedAtMs: clock.nowMs(),
        arrivedAt: deps.coordinator.tick(),
        askedAt: 0,
        isAgain: false,
        waitedMs: 0,
        waitingForLockSinceMs: null,
        isWorthWaiting: false,
        rates: null,
      };
      try {
        while (clock.nowMs() - attempt.arrivedAtMs < GIVE_UP_MS) {
          attempt.askedAt = deps.coordinator.tick();
          const verdict = await deps.store.admit(toRequest(attempt, deps.lock));
          const outcome = await step(stepDeps, attempt, verdict);
          if (outcome !== "again") return outcome;
        }
        throw busy();
      } finally {
        lookout.leave(admission.organizationId, attempt);
      }
    },
  };
}

interface StepDeps extends AttemptDeps {
  readonly lookout: Lookout<Attempt>;
  /** May the organization's counters be rebuilt on the word of a refused request now? Asking uses it up. */
  readonly mayRecount: (organizationId: string) => boolean;
}

async function step(deps: StepDeps, attempt: Attempt, verdict: AdmitVerdict): Promise<Step> {
  if ("rates" in verdict && verdict.rates) attempt.rates = verdict.rates;
  if (verdict.kind !== "wait") {
    attempt.waitingForLockSinceMs = null;
    attempt.isWorthWaiting = false;
    deps.lookout.leave(attempt.admission.organizationId, attempt);
  }
  switch (verdict.kind) {
    case "ok":
      return start(deps, attempt, verdict.basis);
    case "wait":
      return waitForLock(deps, attempt);
    case "lost":
      return refill(deps, attempt, { ...verdict, basis: null, askedAt: attempt.askedAt });
    case "rotate":
      return refill(deps, attempt, { ...verdict.basis, basis: verdict.basis, askedAt: attempt.askedAt });
    case "cap":
      return refuseByCap(deps, attempt, verdict.basis, verdict.cap);
    case "key":
      if (await stillHolds(deps, attempt, verdict.basis)) throw invalidKey();
      return "again";
    case "rate":
      return (await stillHolds(deps, attempt, verdict.basis))
        ? { kind: "limited", rate: verdict.rate, rates: verdict.rates }
        : "again";
    case "duplicate":
      return putAside(deps, attempt);
  }
}

/**
 * The counters hold something for this request already. Ids are ours and new, so it is a hold that never became an intent: its
 * answer was lost, or it was given back and Redis went back in time since. Whether there was such a request is what Postgres knows.
 */
async function putAside(deps: StepDeps, attempt: Attempt): Promise<Step> {
  const { organizationId, id } = attempt.admission;
  if (await deps.intents.isKnown(id)) throw duplicate();
  await deps.store.finish(organizationId, id, { spent: 0n, tokens: null });
  // The rates were taken with that hold.
  attempt.isAgain = true;
  return "again";
}

/** Turns a hold into a durable intent. */
async function start(deps: StepDeps, attempt: Attempt, basis: Basis): Promise<Step> {
  const { admission } = attempt;
  const { organizationId, id, reserved } = admission;
  const release = () => deps.store.finish(organizationId, id, { spent: 0n, tokens: null });
  const intent = {
    leaseId: reserved > 0n ? basis.leaseId : null,
    limitsVersion: basis.version,
    admittedAtMs: basis.nowMs,
    ...admission,
  };
  const starting = deps.intents.start(intent);
  deps.coordinator.letGoFirst(organizationId, starting);
  const verdict = await starting.catch(async (noVerdict: unknown) => {
    await release().catch(() => undefined);
    throw noVerdict;
  });
  if (verdict === "ok") {
    if (attempt.waitedMs > 0) deps.releases.announce(organizationId);
    return { kind: "admitted", rates: attempt.rates };
  }
  await release();
  // Under new limits its rates are taken anew.
  attempt.isAgain = verdict !== "stale";
  if (verdict === "key") throw invalidKey();
  if (verdict === "suspended") throw suspended();
  if (verdict === "duplicate") throw duplicate();
  await deps.store.fence(organizationId, basis.generation);
  return "again";
}

async function refill(deps: StepDeps, attempt: Attempt, call: RefillCall): Promise<Step> {
  const { organizationId, reserved } = attempt.admission;
  const refilled = await deps.coordinator.refill(organizationId, reserved, call);
  if (!refilled) return "again";
  const { startedAt, rotation } = refilled;
  if (reserved === 0n || rotation.verdict === "ok") return "again";
  // Only a refusal that was looked up after this request came, and that covers its amount, is an answer to it.
  if (startedAt < attempt.arrivedAt || rotation.availableNanoUsd >= reserved) return "again";
  const mayBeFree = rotation.reservedNanoUsd + rotation.availableNanoUsd;
  if (rotation.reservedNanoUsd > 0n && (await waitForRelease(deps, attempt, BALANCE, mayBeFree)))
    return "again";
  return {
    kind: "insufficient",
    availableNanoUsd: rotation.availableNanoUsd,
    rates: attempt.rates,
  };
}

/**
 * Waits for what requests in flight may give back to a pot. False when there is no time left for it, or when all that may come
 * free is wanted already by those who wait: who has no chance is told at once.
 * @param mayBeFree the most that the pot can ever have for all who wait, nano-USD
 */
async function waitForRelease(
  deps: StepDeps,
  attempt: Attempt,
  pot: string,
  mayBeFree: bigint,
): Promise<boolean> {
  const { organizationId, reserved, receivedAtMs } = attempt.admission;
  const beganMs = deps.clock.nowMs();
  const waitMs = WAIT_FOR_RELEASE_MS - attempt.waitedMs;
  if (waitMs <= 0 || beganMs - receivedAtMs > NO_WAIT_AFTER_MS) return false;
  if (deps.releases.wanted(organizationId, pot) + reserved > mayBeFree) return false;
  await deps.releases.wait(organizationId, waitMs, { pot, amount: reserved });
  attempt.waitedMs += Math.max(1, deps.clock.nowMs() - beganMs);
  attempt.arrivedAt = deps.coordinator.tick();
  return true;
}

/**
 * Somebody else refills. Who has waited long asks Postgres: at the last dollar the lock goes round among those who are refused,
 * and a request that nothing is left for is told so, and not to come back.
 */
async function waitForLock(deps: StepDeps, attempt: Attempt): Promise<Step> {
  const { organizationId, reserved } = attempt.admission;
  const nowMs = deps.clock.nowMs();
  attempt.waitingForLockSinceMs ??= nowMs;
  const waitedMs = nowMs - attempt.waitingForLockSinceMs;
  if (waitedMs > WAIT_FOR_LOCK_AT_MOST_MS) throw busy();
  if (waitedMs > WAIT_FOR_LOCK_MS && !attempt.isWorthWaiting) {
    const { availableNanoUsd } = await deps.lendable(organizationId, attempt.arrivedAt);
    if (availableNanoUsd < reserved) return { kind: "insufficient", availableNanoUsd, rates: attempt.rates };
    attempt.isWorthWaiting = true;
  }
  const untilMs = attempt.isWorthWaiting ? WAIT_FOR_LOCK_AT_MOST_MS : WAIT_FOR_LOCK_MS;
  await (deps.coordinator.underWay(organizationId) ??
    deps.lookout.wait(organizationId, attempt, untilMs - waitedMs + 1));
  return "again";
}

/** Is a refusal still true of the limits as they are now? If not, the counters are rebuilt. */
async function stillHolds(deps: StepDeps, attempt: Attempt, basis: Basis): Promise<boolean> {
  const { organizationId } = attempt.admission;
  if ((await deps.limitsVersion(organizationId, attempt.arrivedAt)) === basis.version) return true;
  await deps.store.fence(organizationId, basis.generation);
  return false;
}

async function refuseByCap(deps: StepDeps, attempt: Attempt, basis: Basis, cap: CapRefusal): Promise<Step> {
  if (!(await stillHolds(deps, attempt, basis))) return "again";
  const { organizationId, reserved } = attempt.admission;
  const left = cap.limit - cap.spent;
  if (cap.reserved > 0n && reserved <= left && (await waitForRelease(deps, attempt, cap.id, left)))
    return "again";
  const { recovered, ...figures } = cap;
  const mayBeFree = cap.spent + cap.reserved - recovered + reserved <= cap.limit;
  if (recovered > 0n && mayBeFree && deps.mayRecount(organizationId)) {
    await deps.store.forget(organizationId, basis.generation);
    return "again";
  }
  return { kind: "capped", cap: figures satisfies CapFigures, rates: attempt.rates };
}

function toRequest({ admission, isAgain }: Attempt, lock: string): AdmitRequest {
  const { organizationId, projectId, memberId, keyId, id, reserved, tokens, ttlMs } = admission;
  return {
    organizationId,
    projectId,
    memberId,
    keyId,
    requestId: id,
    amount: reserved,
    tokens,
    holdTtlMs: ttlMs,
    lock,
    isAgain,
  };
}
