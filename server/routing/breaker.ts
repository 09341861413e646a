/**
 * One endpoint's circuit breaker as a value: closed → open → half-open → closed. Pure, so that every process comes to
 * the same state from the same outcomes. Times in milliseconds since the epoch.
 */
export interface Breaker {
  readonly failuresInRow: number;
  /** Outcomes of the current window, for the failure rate. */
  readonly windowStartedAtMs: number;
  readonly windowRequests: number;
  readonly windowFailures: number;
  /** Ejections in a row; each doubles the time out, a success in half-open forgets them. */
  readonly ejections: number;
  /** Null while closed. Until then open, afterwards half-open. */
  readonly openUntilMs: number | null;
  /** A trial request is under way since then; others wait for its outcome. */
  readonly trialSinceMs: number | null;
  /** Half-open, nothing is tried here before: another process saw the ejection itself, and its trial comes first. */
  readonly trialFromMs: number | null;
  /** The provider asked for a pause (429 with `retry-after`). Not a fault, but nothing is sent before. */
  readonly coolUntilMs: number | null;
  /** An operator's word stands above what traffic shows. */
  readonly forced: "open" | "closed" | null;
}

export type BreakerState = "closed" | "open" | "half_open";
export type Outcome = "success" | "failure" | "rate_limited";

export const BREAKER = {
  failuresInRow: 5,
  windowMs: 30_000,
  windowLeastRequests: 20,
  windowFailureShare: 0.5,
  firstEjectionMs: 5_000,
  longestEjectionMs: 300_000,
  trialTimeoutMs: 30_000,
  /** Long enough to hear of the outcome of a quick trial, at one exchange a second on either side. */
  othersTrialMs: 2_500,
  /** So long before a trial is due its host is looked for. */
  probeBeforeMs: 2_000,
  shortestCooldownMs: 1_000,
  longestCooldownMs: 120_000,
} as const;

export const NEW_BREAKER: Breaker = {
  failuresInRow: 0,
  windowStartedAtMs: 0,
  windowRequests: 0,
  windowFailures: 0,
  ejections: 0,
  openUntilMs: null,
  trialSinceMs: null,
  trialFromMs: null,
  coolUntilMs: null,
  forced: null,
};

export function stateOf(breaker: Breaker, nowMs: number): BreakerState {
  if (breaker.forced === "open") return "open";
  if (breaker.forced === "closed" || breaker.openUntilMs === null) return "closed";
  return nowMs < breaker.openUntilMs ? "open" : "half_open";
}

/** May a request be sent now as if nothing was wrong? Half-open lets one trial through at a time. */
export function isReady(breaker: Breaker, nowMs: number): boolean {
  if (breaker.forced !== "closed" && breaker.coolUntilMs !== null && nowMs < breaker.coolUntilMs)
    return false;
  const state = stateOf(breaker, nowMs);
  if (state !== "half_open") return state === "closed";
  if (breaker.trialFromMs !== null && nowMs < breaker.trialFromMs) return false;
  return breaker.trialSinceMs === null || nowMs - breaker.trialSinceMs > BREAKER.trialTimeoutMs;
}

/** A request goes out. In half-open it is the trial. */
export function onSend(breaker: Breaker, nowMs: number): Breaker {
  return stateOf(breaker, nowMs) === "half_open" ? { ...breaker, trialSinceMs: nowMs } : breaker;
}

/**
 * An answer has begun. Enough to end an ejection, but only on probation: the whole answer has not been seen, and one that
 * breaks ejects again, for longer. Says nothing in any other state, so that beginnings do not outweigh broken ends.
 */
export function onAnswered(breaker: Breaker, nowMs: number): Breaker {
  if (stateOf(breaker, nowMs) !== "half_open") return breaker;
  const { forced, coolUntilMs, ejections } = breaker;
  return { ...NEW_BREAKER, forced, coolUntilMs, ejections, failuresInRow: BREAKER.failuresInRow - 1 };
}

/** @param retryAfterMs the pause that a rate-limited provider asked for */
export function onOutcome(breaker: Breaker, outcome: Outcome, nowMs: number, retryAfterMs = 0): Breaker {
  if (outcome === "rate_limited") {
    const pauseMs = clamp(retryAfterMs, BREAKER.shortestCooldownMs, BREAKER.longestCooldownMs);
    return {
      ...breaker,
      trialSinceMs: null,
      coolUntilMs: Math.max(breaker.coolUntilMs ?? 0, nowMs + pauseMs),
    };
  }
  const state = stateOf(breaker, nowMs);
  const counted = count(breaker, outcome, state, nowMs);
  if (outcome === "success") {
    // A late success of a request from before the ejection proves nothing while the breaker is open.
    return state === "half_open"
      ? { ...NEW_BREAKER, forced: breaker.forced, coolUntilMs: breaker.coolUntilMs }
      : counted;
  }
  if (state === "half_open" || (state === "closed" && isTripped(counted))) return eject(counted, nowMs);
  return counted;
}

/** Nobody could be reached at the endpoint's host: as a trial that failed, but spent on no customer's request. */
export function onUnreachable(breaker: Breaker, nowMs: number): Breaker {
  return stateOf(breaker, nowMs) === "closed" ? breaker : eject(breaker, nowMs);
}

/** Another process's ejection as this one takes it over: whoever saw it tries first. */
export function onHeard(theirs: Breaker): Breaker {
  const trialFromMs = theirs.openUntilMs === null ? null : theirs.openUntilMs + BREAKER.othersTrialMs;
  return { ...theirs, trialFromMs };
}

/** Of two words on one endpoint: does the ejection that is known end later than the one that is said? */
export function outlasts(known: Breaker | undefined, said: Breaker): boolean {
  return said.openUntilMs !== null && (known?.openUntilMs ?? 0) > said.openUntilMs;
}

function count(
  breaker: Breaker,
  outcome: "success" | "failure",
  state: BreakerState,
  nowMs: number,
): Breaker {
  const isNewWindow = nowMs - breaker.windowStartedAtMs >= BREAKER.windowMs;
  const failed = outcome === "failure" ? 1 : 0;
  const isForgiven = !failed && state === "closed";
  return {
    ...breaker,
    failuresInRow: failed ? breaker.failuresInRow + 1 : 0,
    windowStartedAtMs: isNewWindow ? nowMs : breaker.windowStartedAtMs,
    windowRequests: (isNewWindow ? 0 : breaker.windowRequests) + 1,
    windowFailures: (isNewWindow ? 0 : breaker.windowFailures) + failed,
    ejections: isForgiven ? 0 : breaker.ejections,
  };
}

function isTripped(breaker: Breaker): boolean {
  if (breaker.failuresInRow >= BREAKER.failuresInRow) return true;
  return (
    breaker.windowRequests >= BREAKER.windowLeastRequests &&
    breaker.windowFailures >= breaker.windowRequests * BREAKER.windowFailureShare
  );
}

function eject(breaker: Breaker, nowMs: number): Breaker {
  const ejections = breaker.ejections + 1;
  const outMs = Math.min(BREAKER.firstEjectionMs * 2 ** (ejections - 1), BREAKER.longestEjectionMs);
  return {
    ...NEW_BREAKER,
    forced: breaker.forced,
    coolUntilMs: breaker.coolUntilMs,
    ejections,
    openUntilMs: nowMs + outMs,
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
