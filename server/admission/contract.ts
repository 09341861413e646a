import type { CapFigures, LimitsState, RateLimits, RateRefusal } from "@/server/ledger";

/**
 * The counter store: what may be spent of the lease that Postgres lent, of each hard budget, and how fast. It is fast and may
 * be lost; Postgres fences every intent by the lease id and by the version of the limits, so a wrong answer here can cost a
 * retry but never money. One contract suite runs against every implementation, with the memory one as the model.
 * Amounts in nano-USD, below 2^53 (Lua counts in doubles).
 */
export interface CounterStore {
  /**
   * One step: key state → rates → every hard budget → lease; then it writes everything, or nothing.
   * A request whose amount is 0 needs neither budget nor lease.
   */
  admit(request: AdmitRequest): Promise<AdmitVerdict>;
  /**
   * Makes a lease the one to spend from, keeps the holds, and gives the refill lock back. With `state`, everything else that was
   * known of the organization is replaced by it. Answers false, and changes nothing, when something newer is here already.
   * @throws RangeError when an amount is 2^53 or more
   */
  install(organizationId: string, installation: Installation): Promise<boolean>;
  /** Ends a hold: what was spent counts, what was not is free again if its lease is still the open one. Repeatable. */
  finish(organizationId: string, requestId: string, ending: HoldEnding): Promise<void>;
  /**
   * Lets nothing more pass until the next installation, if what is known is still of this generation: Postgres refused the lease
   * or the version of the limits. The counts are kept, because a refill may be under way that follows them.
   */
  fence(organizationId: string, generation: number): Promise<void>;
  /** Forgets what is known of an organization if it is still of this generation, so that it is rebuilt. */
  forget(organizationId: string, generation: number): Promise<void>;
  /** Gives the refill lock back without having refilled. */
  unlock(organizationId: string, lock: string): Promise<void>;
  /** Everything that is counted now, for checks and for the sweeper; null when there is nothing. */
  read(organizationId: string): Promise<CounterReading | null>;
  /** Organizations that may have holds here. */
  organizations(): Promise<readonly string[]>;
  /** Settlements that Postgres could not take; null where nothing outlives the process anyway. */
  readonly outbox: Outbox | null;
}

const MARKER = Symbol.for("deeptoken.NoVerdict");

/** The counter store did not answer, or not in a way that means anything. Never to be taken for a yes. */
export class NoVerdict extends Error {
  readonly [MARKER] = true;

  static is(value: unknown): value is NoVerdict {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}

/** Texts by id. What was put is kept until it is removed, and putting an id again changes nothing. */
export interface Outbox {
  put(id: string, text: string): Promise<void>;
  list(limit: number): Promise<readonly { readonly id: string; readonly text: string }[]>;
  remove(id: string): Promise<void>;
}

export interface AdmitRequest {
  readonly organizationId: string;
  readonly projectId: string;
  readonly memberId: string | null;
  readonly keyId: string;
  readonly requestId: string;
  readonly amount: bigint;
  /** What it takes of the tokens a minute, as far as can be said beforehand. */
  readonly tokens: number;
  readonly holdTtlMs: number;
  /** Name of this process: the holder of the refill lock if this call gets it. */
  readonly lock: string;
  /** Admitted before and refused by Postgres: its rates have been taken already. */
  readonly isAgain: boolean;
}

export interface Installation {
  readonly generation: number;
  readonly lease: { readonly id: string; readonly granted: bigint } | null;
  readonly state: LimitsState | null;
  /** Without state: the generation that this one follows. If another is here, something was missed and nothing is installed. */
  readonly follows: number;
  readonly lock: string;
}

export interface HoldEnding {
  readonly spent: bigint;
  /** The tokens that it really took; null leaves what was taken beforehand. */
  readonly tokens: number | null;
}

/** What is left of a minute's allowance, and the milliseconds until all of it is there again. */
export interface RateFigure {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** The tighter of key and organization, each. */
export interface RateFigures {
  readonly requests: RateFigure;
  readonly tokens: RateFigure;
}

/** What a verdict was based on. */
export interface Basis {
  readonly leaseId: string | null;
  readonly generation: number;
  readonly version: number;
  /** The counters' own time, epoch milliseconds. */
  readonly nowMs: number;
}

/**
 * ok: held. duplicate: this request id is known. key: not usable as far as is known here. rate: come back later. cap: a hard
 * budget cannot carry it. rotate: the lease cannot. lost: nothing is known here, or it is out of date. Who hears one of the
 * last two has got the refill lock; wait: somebody else has it.
 */
export type AdmitVerdict =
  | { readonly kind: "ok"; readonly basis: Basis; readonly rates: RateFigures }
  | { readonly kind: "duplicate" }
  | { readonly kind: "key"; readonly basis: Basis }
  | { readonly kind: "rate"; readonly basis: Basis; readonly rates: RateFigures; readonly rate: RateRefusal }
  | { readonly kind: "cap"; readonly basis: Basis; readonly rates: RateFigures; readonly cap: CapRefusal }
  | { readonly kind: "rotate"; readonly basis: Basis; readonly rates: RateFigures | null }
  | { readonly kind: "lost"; readonly generation: number; readonly nowMs: number }
  | { readonly kind: "wait" };

export interface CapRefusal extends CapFigures {
  /** The part of `reserved` that a rebuild brought in: those requests may have ended where nobody tells this store. */
  readonly recovered: bigint;
}

export interface CounterReading {
  readonly leaseId: string | null;
  readonly generation: number;
  readonly version: number;
  readonly remaining: bigint;
  readonly nowMs: number;
  readonly caps: readonly { readonly id: string; readonly spent: bigint; readonly held: bigint }[];
  readonly holds: readonly { readonly id: string; readonly amount: bigint; readonly expiresAtMs: number }[];
}

/** What holds for a key or an organization that names no limit of its own: far above honest use, and still a limit. */
export const DEFAULT_RATES = {
  key: { requests: 600_000, tokens: 1_000_000_000, concurrent: 5_000 },
  organization: { requests: 600_000, tokens: 1_000_000_000, concurrent: 10_000 },
} as const satisfies Record<string, { [name in keyof RateLimits]: number }>;

/** The lock is taken over when its holder has not come back for this long. */
export const LOCK_MS = 300;
/** How long the end of a hold is remembered, so that a rebuild which is under way does not bring it back. */
export const ENDED_MS = 60_000;
/**
 * Admissions after which a lease is replaced even if money is left: Postgres sums a lease's intents on every batch, and this
 * bounds that sum.
 */
export const MAX_ADMISSIONS_PER_LEASE = 1_000;
/** Lua counts in doubles: a larger amount would not be exact. */
const MAX_COUNTED = 2n ** 53n;

/** @throws RangeError */
export function assertCountable({ lease, state }: Installation): void {
  const amounts = [lease?.granted ?? 0n, ...(state?.caps ?? []).flatMap((cap) => [cap.limit, cap.spent])];
  if (amounts.some((amount) => amount >= MAX_COUNTED))
    throw new RangeError("an amount is too large for the counter store");
}
