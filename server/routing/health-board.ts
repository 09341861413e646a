import type { KeyRests } from "@/server/catalog";
import type { Clock } from "@/server/platform/clock";
import {
  BREAKER,
  type Breaker,
  NEW_BREAKER,
  onAnswered,
  onHeard,
  onOutcome,
  onSend,
  onUnreachable,
  stateOf,
} from "./breaker";
import {
  type AttemptReport,
  addCounts,
  count,
  type HealthCounts,
  type HealthSummary,
  noCounts,
  summarize,
} from "./health-window";
import type { EndpointHealth } from "./types";

/** Traffic is summed in slots of this length; a slot's number is its start divided by it. */
export const SLOT_MS = 10_000;
const WINDOW_SLOTS = 30;

/** What processes tell each other: counts by slot and endpoint, the breakers that changed, and the keys that rest. */
export interface HealthExchange {
  readonly counts: ReadonlyMap<number, ReadonlyMap<string, HealthCounts>>;
  readonly breakers: ReadonlyMap<string, Breaker>;
  /** Until when (milliseconds since the epoch), by credential. */
  readonly rests: ReadonlyMap<string, number>;
}

/**
 * Where processes meet. One call a second per process at most, beside the requests: it adds what this process has seen
 * and answers what all of them have seen. Null = nobody to meet (one process, or the store is away).
 */
export type ShareHealth = (own: HealthExchange, sinceSlot: number) => Promise<HealthExchange | null>;

export interface HealthBoard {
  /** For routing: synchronous, from what is known in this process. Null for an endpoint never used. */
  healthOf(endpointId: string): EndpointHealth | null;
  /** Five minutes of an endpoint, for people. */
  summaryOf(endpointId: string): HealthSummary;
  /** A request goes out: in half-open it is the trial. */
  sent(endpointId: string): void;
  /** It has begun to answer, or refused properly: enough to end an ejection. The answer's own report comes at its end. */
  answered(endpointId: string): void;
  report(endpointId: string, report: AttemptReport): void;
  /** Endpoints whose time out is about to end, each once per ejection: their hosts are looked for before a request is tried. */
  takeProbes(): readonly string[];
  /** A probe's host could not be reached: out for longer, unless something else was heard of the endpoint meanwhile. */
  unreachable(endpointId: string): void;
  /** Meets the other processes now. Called by a timer; never throws. */
  exchange(): Promise<void>;
  /** Counts since the last call, by endpoint: for the history in Postgres. */
  drain(): ReadonlyMap<string, HealthCounts>;
}

export interface HealthBoardDeps {
  readonly clock: Clock;
  readonly share: ShareHealth;
  /** The providers' keys that were refused: what one process found out, the others need not. */
  readonly keyRests?: KeyRests;
  /** Told when a breaker opens or closes, once in the process that saw it happen. */
  readonly onTransition?: (endpointId: string, state: "open" | "closed") => void;
}

type Slots = Map<number, Map<string, HealthCounts>>;

export function createHealthBoard(deps: HealthBoardDeps): HealthBoard {
  const { clock } = deps;
  const traffic = createTraffic(clock);
  const { breakerOf, ...breakers } = createBreakers(deps);
  let isExchanging = false;

  return {
    healthOf(endpointId) {
      const summary = traffic.summaryOf(endpointId);
      const breaker = breakerOf(endpointId);
      if (!breaker && summary.requests === 0) return null;
      const { successShare, firstTokenMsP50, firstTokenMsP99, tokensPerSecondP50 } = summary;
      return {
        breaker: breaker ?? NEW_BREAKER,
        successShare,
        firstTokenMsP50,
        firstTokenMsP99,
        tokensPerSecondP50,
      };
    },
    summaryOf: traffic.summaryOf,
    sent: breakers.sent,
    answered: breakers.answered,
    takeProbes: breakers.takeProbes,
    unreachable: breakers.unreachable,
    report(endpointId, report) {
      traffic.add(endpointId, report);
      breakers.report(endpointId, report);
    },
    async exchange() {
      if (isExchanging) return;
      isExchanging = true;
      const rests = deps.keyRests?.resting() ?? new Map<string, number>();
      const said = { counts: traffic.say(), breakers: breakers.say(), rests };
      const all = await deps.share(said, traffic.knownSince()).catch(() => null);
      traffic.hear(said.counts, all?.counts ?? null);
      if (all === null) breakers.sayAgain(said.breakers.keys());
      if (all) deps.keyRests?.hear(all.rests);
      for (const [id, theirs] of all?.breakers ?? []) if (!said.breakers.has(id)) breakers.adopt(id, theirs);
      isExchanging = false;
    },
    drain: traffic.drain,
  };
}

/** Summaries are asked for on every request and change slowly. */
const SUMMARY_LIFE_MS = 1_000;

/** Counts of this process that were not told yet, of all processes as last heard, and of this process for the history. */
function createTraffic(clock: Clock) {
  let unsaid: Slots = new Map();
  const heard: Slots = new Map();
  let undrained = new Map<string, HealthCounts>();
  const summaries = new Map<string, { readonly untilMs: number; readonly summary: HealthSummary }>();
  const slotNow = () => Math.floor(clock.nowMs() / SLOT_MS);
  const oldest = () => slotNow() - WINDOW_SLOTS;

  const sumUp = (endpointId: string): HealthSummary => {
    const sum = noCounts();
    for (const slots of [heard, unsaid]) {
      for (const [slot, endpoints] of slots) {
        const counts = slot > oldest() ? endpoints.get(endpointId) : undefined;
        if (counts) addCounts(sum, counts);
      }
    }
    return summarize(sum);
  };

  return {
    add(endpointId: string, report: AttemptReport) {
      count(slotEntry(unsaid, slotNow(), endpointId), report);
      count(entry(undrained, endpointId), report);
    },
    summaryOf(endpointId: string): HealthSummary {
      const known = summaries.get(endpointId);
      if (known && known.untilMs > clock.nowMs()) return known.summary;
      const summary = sumUp(endpointId);
      summaries.set(endpointId, { untilMs: clock.nowMs() + SUMMARY_LIFE_MS, summary });
      return summary;
    },
    say() {
      const said = unsaid;
      unsaid = new Map();
      return said;
    },
    /** Older slots are complete here; the latest two may still grow elsewhere. */
    knownSince: () => (heard.size === 0 ? oldest() : Math.max(oldest(), Math.max(...heard.keys()) - 2)),
    hear(said: Slots, all: HealthExchange["counts"] | null) {
      if (all === null) mergeSlots(heard, said);
      else for (const [slot, endpoints] of all) heard.set(slot, new Map(endpoints));
      for (const slot of heard.keys()) if (slot <= oldest()) heard.delete(slot);
      summaries.clear();
    },
    drain() {
      const drained = undrained;
      undrained = new Map();
      return drained;
    },
  };
}

function createBreakers({ clock, onTransition }: HealthBoardDeps) {
  const breakers = new Map<string, Breaker>();
  const changed = new Set<string>();
  /** Ejections that were probed, by their end. */
  const probed = new Map<string, number>();
  const ofEndpoint = (id: string) => breakers.get(id) ?? NEW_BREAKER;
  const change = (id: string, next: Breaker) => {
    const previous = ofEndpoint(id);
    if (next === previous) return;
    breakers.set(id, next);
    const isOpen = next.openUntilMs !== null;
    if (isOpen !== (previous.openUntilMs !== null)) onTransition?.(id, isOpen ? "open" : "closed");
    if (next.openUntilMs !== previous.openUntilMs || next.coolUntilMs !== previous.coolUntilMs)
      changed.add(id);
  };

  return {
    breakerOf: (id: string) => breakers.get(id) ?? null,
    sent(id: string) {
      const breaker = ofEndpoint(id);
      if (stateOf(breaker, clock.nowMs()) !== "half_open") return;
      breakers.set(id, onSend(breaker, clock.nowMs()));
      changed.add(id);
    },
    answered: (id: string) => change(id, onAnswered(ofEndpoint(id), clock.nowMs())),
    report(id: string, { outcome, retryAfterMs }: AttemptReport) {
      change(id, onOutcome(ofEndpoint(id), outcome, clock.nowMs(), retryAfterMs));
    },
    takeProbes() {
      const nowMs = clock.nowMs();
      const due = [...breakers].filter(([id, { openUntilMs, trialFromMs, trialSinceMs }]) => {
        const trialMs = trialFromMs ?? openUntilMs;
        if (openUntilMs === null || trialMs === null || trialSinceMs !== null) return false;
        return nowMs >= trialMs - BREAKER.probeBeforeMs && probed.get(id) !== openUntilMs;
      });
      for (const [id, { openUntilMs }] of due) probed.set(id, openUntilMs ?? 0);
      return due.map(([id]) => id);
    },
    unreachable(id: string) {
      const breaker = ofEndpoint(id);
      if (breaker.openUntilMs === probed.get(id)) change(id, onUnreachable(breaker, clock.nowMs()));
    },
    say() {
      const said = new Map([...changed].map((id) => [id, ofEndpoint(id)]));
      changed.clear();
      return said;
    },
    /** Nobody heard it: told once more next time, so that no older word stands against it. */
    sayAgain(ids: Iterable<string>) {
      for (const id of ids) changed.add(id);
    },
    /**
     * Another process's word, when it knows of a later ejection, of the end of the one that is known here, or of a trial.
     * What has changed here since this process last spoke stands, and is told next time.
     */
    adopt(id: string, theirs: Breaker) {
      if (changed.has(id)) return;
      const own = ofEndpoint(id);
      const isLater = (theirs.openUntilMs ?? 0) > (own.openUntilMs ?? 0);
      const isClosed = theirs.openUntilMs === null && stateOf(own, clock.nowMs()) === "half_open";
      const coolUntilMs = Math.max(own.coolUntilMs ?? 0, theirs.coolUntilMs ?? 0) || null;
      if (isLater || isClosed) breakers.set(id, { ...onHeard(theirs), coolUntilMs });
      else if (theirs.openUntilMs !== null && theirs.openUntilMs === own.openUntilMs)
        breakers.set(id, { ...own, coolUntilMs, trialSinceMs: theirs.trialSinceMs });
      else if (coolUntilMs !== own.coolUntilMs) breakers.set(id, { ...own, coolUntilMs });
    },
  };
}

function entry(map: Map<string, HealthCounts>, id: string): HealthCounts {
  const known = map.get(id);
  if (known) return known;
  const made = noCounts();
  map.set(id, made);
  return made;
}

function slotEntry(slots: Slots, slot: number, id: string): HealthCounts {
  const endpoints = slots.get(slot) ?? new Map<string, HealthCounts>();
  slots.set(slot, endpoints);
  return entry(endpoints, id);
}

function mergeSlots(into: Slots, from: Slots): void {
  for (const [slot, endpoints] of from)
    for (const [id, counts] of endpoints) addCounts(slotEntry(into, slot, id), counts);
}
