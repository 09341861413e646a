import type { Cap, LimitsState, LiveKey, RateLimits } from "@/server/ledger";
import { ENDED_MS, type HoldEnding } from "./contract";
import { correct, ratesOf } from "./rates";

/** Name of the organization among the holders of rates; the others are ids of keys. */
export const ORGANIZATION = "organization";

interface CountedCap extends Cap {
  spent: bigint;
  held: bigint;
  recovered: bigint;
}

interface Hold {
  readonly amount: bigint;
  readonly leaseId: string | null;
  readonly keyId: string;
  readonly capIds: readonly string[];
  /** Taken of the tokens a minute beforehand; null for a hold that a rebuild brought in. */
  readonly tokens: number | null;
  readonly expiresAtMs: number;
  readonly isRecovered: boolean;
}

/** What a rebuild gives, and what has been counted since. */
export interface Known {
  readonly version: number;
  readonly rates: RateLimits;
  readonly keys: ReadonlyMap<string, LiveKey>;
  readonly caps: ReadonlyMap<string, CountedCap>;
  readonly holds: Map<string, Hold>;
  leaseId: string | null;
  remaining: bigint;
  admissions: number;
  isFenced: boolean;
}

/** The counters of one organization. `known` is null while they have to be rebuilt; the rest outlives that. */
export interface Counters {
  known: Known | null;
  generation: number;
  nowMs: number;
  lock: { readonly owner: string; readonly untilMs: number } | null;
  /** In order of their end. */
  readonly ended: Map<string, { readonly spent: bigint; readonly endedAtMs: number }>;
  /** Theoretical arrival times by limit and holder. */
  readonly tats: Map<string, number>;
  /** Requests in flight by holder. */
  readonly running: Map<string, number>;
}

export function newCounters(): Counters {
  return {
    known: null,
    generation: 0,
    nowMs: 0,
    lock: null,
    ended: new Map(),
    tats: new Map(),
    running: new Map(),
  };
}

/** What Postgres says, and what ended here after it said so. */
export function rebuild(counters: Counters, state: LimitsState): Known {
  const caps = new Map(state.caps.map((cap) => [cap.id, { ...cap, held: 0n, recovered: 0n }]));
  const holds = new Map<string, Hold>();
  counters.running.clear();
  for (const live of state.holds) {
    const ended = counters.ended.get(live.id);
    for (const capId of live.capIds) {
      const cap = caps.get(capId);
      if (!cap) continue;
      if (ended) cap.spent += ended.spent;
      else {
        cap.held += live.amount;
        cap.recovered += live.amount;
      }
    }
    if (ended) continue;
    holds.set(live.id, { ...live, tokens: null, isRecovered: true });
    for (const holder of [live.keyId, ORGANIZATION]) run(counters, holder, 1);
  }
  const keys = new Map(state.keys.map((key) => [key.id, key]));
  const { version, rates } = state;
  return { version, rates, keys, caps, holds, leaseId: null, remaining: 0n, admissions: 0, isFenced: false };
}

export function run(counters: Counters, holder: string, change: number): void {
  counters.running.set(holder, Math.max((counters.running.get(holder) ?? 0) + change, 0));
}

/** Ends a hold, if there is one, and remembers the end for a rebuild that is under way. */
export function endHold(counters: Counters, requestId: string, { spent, tokens }: HoldEnding): void {
  forgetOldEnds(counters);
  const hold = counters.known?.holds.get(requestId);
  if (!counters.ended.has(requestId)) counters.ended.set(requestId, { spent, endedAtMs: counters.nowMs });
  if (!counters.known || !hold) return;
  const { known } = counters;
  known.holds.delete(requestId);
  for (const capId of hold.capIds) {
    const cap = known.caps.get(capId);
    if (!cap) continue;
    cap.held -= hold.amount;
    cap.spent += spent;
    if (hold.isRecovered) cap.recovered -= hold.amount;
  }
  if (hold.leaseId !== null && hold.leaseId === known.leaseId && spent < hold.amount) {
    known.remaining += hold.amount - spent;
  }
  for (const holder of [hold.keyId, ORGANIZATION]) {
    run(counters, holder, -1);
    if (tokens === null || hold.tokens === null) continue;
    const named = holder === ORGANIZATION ? known.rates : known.keys.get(holder)?.rates;
    if (!named) continue;
    const limit = ratesOf(holder === ORGANIZATION ? "organization" : "key", named).tokens;
    const name = `tokens:${holder}`;
    counters.tats.set(name, correct(counters.tats.get(name) ?? 0, limit, hold.tokens, tokens));
  }
}

function forgetOldEnds(counters: Counters): void {
  for (const [id, { endedAtMs }] of counters.ended) {
    if (endedAtMs > counters.nowMs - ENDED_MS) return;
    counters.ended.delete(id);
  }
}
