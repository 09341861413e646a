/** Null: the platform's own limit. Tokens and requests a minute; requests at once. */
export interface RateLimits {
  readonly requests: number | null;
  readonly tokens: number | null;
  readonly concurrent: number | null;
}

/** What a key or its organization has taken of its rates in the last minute, and when all of it is there again. */
export interface RateUse {
  readonly scope: "key" | "organization";
  /** Null: the platform's own limit. */
  readonly requestLimit: number | null;
  readonly tokenLimit: number | null;
  readonly requests: number;
  readonly tokens: number;
  readonly resetMs: number;
}

/** A rate that refused: which, whose, and when to come back. */
export interface RateRefusal {
  readonly which: "requests" | "tokens" | "concurrent";
  readonly scope: "key" | "organization";
  readonly limit: number;
  readonly retryAfterMs: number;
}

export type CapScope = "organization" | "project" | "member" | "key";

/** A hard budget in its present window. Amounts in nano-USD; instants in epoch milliseconds, null for never. */
export interface Cap {
  readonly id: string;
  readonly scope: CapScope;
  readonly scopeId: string;
  readonly window: string;
  readonly limit: bigint;
  readonly spent: bigint;
  /** From here on these figures are out of date. */
  readonly endsAtMs: number | null;
  /** What a customer is told: when the window ends, or when a rolling one next gives something back. */
  readonly resetsAtMs: number | null;
}

/** A request in flight, as Postgres knows it. */
export interface LiveHold {
  readonly id: string;
  readonly amount: bigint;
  readonly leaseId: string | null;
  readonly keyId: string;
  readonly expiresAtMs: number;
  /** The budgets that it counts against. */
  readonly capIds: readonly string[];
}

export interface LiveKey {
  readonly id: string;
  readonly expiresAtMs: number | null;
  readonly rates: RateLimits;
}

/** All that judges an organization's requests, of one moment: what counters are built from. */
export interface LimitsState {
  readonly version: number;
  readonly rates: RateLimits;
  readonly keys: readonly LiveKey[];
  readonly caps: readonly Cap[];
  readonly holds: readonly LiveHold[];
}

interface CapRow extends Omit<Cap, "limit" | "spent"> {
  readonly limit: string;
  readonly spent: string;
}

/** As the SQL function limits_state answers it: amounts are text there. */
export interface LimitsStateRow extends Omit<LimitsState, "caps" | "holds"> {
  readonly caps: readonly CapRow[];
  readonly holds: readonly (Omit<LiveHold, "amount"> & { readonly amount: string })[];
}

export function toLimitsState(row: LimitsStateRow): LimitsState {
  return {
    ...row,
    caps: row.caps.map((cap) => ({ ...cap, limit: BigInt(cap.limit), spent: BigInt(cap.spent) })),
    holds: row.holds.map((hold) => ({ ...hold, amount: BigInt(hold.amount) })),
  };
}
