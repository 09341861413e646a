import type { RateRefusal } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import {
  type AdmitRequest,
  type AdmitVerdict,
  assertCountable,
  type Basis,
  type CapRefusal,
  type CounterStore,
  type Installation,
  LOCK_MS,
  MAX_ADMISSIONS_PER_LEASE,
} from "./contract";
import {
  type Counters,
  endHold,
  type Known,
  newCounters,
  ORGANIZATION,
  rebuild,
  run,
} from "./memory-counters";
import { figures, type RateScope, ratesOf, take } from "./rates";

/** The counter store of a single process, and the model that the others are tested against. */
export function createMemoryStore(clock: Clock): CounterStore {
  const organizations = new Map<string, Counters>();

  const countersOf = (organizationId: string): Counters => {
    const counters = organizations.get(organizationId) ?? newCounters();
    organizations.set(organizationId, counters);
    const nowMs = clock.nowMs();
    // Time does not go back, unless what was there before was far ahead of it.
    if (counters.nowMs < nowMs || counters.nowMs - nowMs > 60_000) counters.nowMs = nowMs;
    return counters;
  };

  return {
    outbox: null,
    async admit(request) {
      return judge(countersOf(request.organizationId), request);
    },
    async install(organizationId, installation) {
      assertCountable(installation);
      return install(countersOf(organizationId), installation);
    },
    async finish(organizationId, requestId, ending) {
      endHold(countersOf(organizationId), requestId, ending);
    },
    async fence(organizationId, generation) {
      const counters = countersOf(organizationId);
      if (counters.known && counters.generation === generation) counters.known.isFenced = true;
    },
    async forget(organizationId, generation) {
      const counters = countersOf(organizationId);
      if (counters.generation === generation) counters.known = null;
    },
    async unlock(organizationId, lock) {
      unlock(countersOf(organizationId), lock);
    },
    async read(organizationId) {
      const counters = organizations.get(organizationId);
      if (!counters) return null;
      const { known, generation, nowMs } = countersOf(organizationId);
      if (!known) return null;
      return {
        leaseId: known.leaseId,
        generation,
        nowMs,
        version: known.version,
        remaining: known.remaining,
        caps: [...known.caps.values()].map(({ id, spent, held }) => ({ id, spent, held })),
        holds: [...known.holds].map(([id, { amount, expiresAtMs }]) => ({ id, amount, expiresAtMs })),
      };
    },
    async organizations() {
      return [...organizations.keys()];
    },
  };
}

function judge(counters: Counters, request: AdmitRequest): AdmitVerdict {
  const { known, nowMs } = counters;
  if (!known) return lock(counters, request.lock, { kind: "lost", generation: counters.generation, nowMs });
  const basis = toBasis(counters, known);
  if (known.isFenced) return lock(counters, request.lock, { kind: "rotate", basis, rates: null });
  if (known.holds.has(request.requestId)) return { kind: "duplicate" };
  const key = known.keys.get(request.keyId);
  if (!key || (key.expiresAtMs !== null && nowMs >= key.expiresAtMs)) return { kind: "key", basis };
  const scopes: RateScope[] = [
    { scope: "key", id: request.keyId, rates: ratesOf("key", key.rates) },
    {
      scope: "organization",
      id: ORGANIZATION,
      rates: ratesOf("organization", known.rates),
    },
  ];
  const rated = request.isAgain ? null : judgeRates(counters, scopes, request);
  const rates = () => figures(scopes, counters.tats, nowMs);
  if (rated) return { kind: "rate", basis, rates: rates(), rate: rated };
  const caps = request.amount > 0n ? capsOf(known, request) : [];
  if (caps.some(({ endsAtMs }) => endsAtMs !== null && nowMs >= endsAtMs)) {
    return lock(counters, request.lock, { kind: "lost", generation: counters.generation, nowMs });
  }
  const cap = judgeCaps(caps, request.amount);
  if (cap) return { kind: "cap", basis, rates: rates(), cap };
  if (request.amount > 0n && !canLeaseCarry(known, request.amount)) {
    return lock(counters, request.lock, { kind: "rotate", basis, rates: rates() });
  }
  hold(counters, known, scopes, request);
  return { kind: "ok", basis, rates: rates() };
}

function toBasis({ generation, nowMs }: Counters, { leaseId, version }: Known): Basis {
  return { leaseId, generation, version, nowMs };
}

function lock(counters: Counters, owner: string, verdict: AdmitVerdict): AdmitVerdict {
  const { lock: held, nowMs } = counters;
  if (held && held.owner !== owner && held.untilMs > nowMs) return { kind: "wait" };
  counters.lock = { owner, untilMs: nowMs + LOCK_MS };
  return verdict;
}

function unlock(counters: Counters, owner: string): void {
  if (counters.lock?.owner === owner) counters.lock = null;
}

function judgeRates(
  counters: Counters,
  scopes: readonly RateScope[],
  request: AdmitRequest,
): RateRefusal | null {
  for (const { scope, id, rates } of scopes) {
    if ((counters.running.get(id) ?? 0) >= rates.concurrent) {
      return { which: "concurrent", scope, limit: rates.concurrent, retryAfterMs: 1_000 };
    }
    for (const which of ["requests", "tokens"] as const) {
      const cost = which === "requests" ? 1 : request.tokens;
      const { retryAfterMs } = take(
        counters.tats.get(`${which}:${id}`) ?? 0,
        counters.nowMs,
        rates[which],
        cost,
      );
      if (retryAfterMs > 0) return { which, scope, limit: rates[which], retryAfterMs };
    }
  }
  return null;
}

function capsOf(known: Known, { organizationId, projectId, memberId, keyId }: AdmitRequest) {
  const ids = { organization: organizationId, project: projectId, member: memberId, key: keyId };
  return [...known.caps.values()].filter((cap) => cap.scopeId === ids[cap.scope]);
}

/** The budget that is furthest from carrying it; of equals the one with the smaller id. */
function judgeCaps(caps: ReturnType<typeof capsOf>, amount: bigint): CapRefusal | null {
  const [worst] = caps
    .filter(({ limit, spent, held }) => spent + held + amount > limit)
    .sort(
      (a, b) => Number(a.limit - a.spent - a.held - (b.limit - b.spent - b.held)) || (a.id < b.id ? -1 : 1),
    );
  if (!worst) return null;
  const { held, endsAtMs: _inner, ...cap } = worst;
  return { ...cap, reserved: held };
}

function canLeaseCarry(known: Known, amount: bigint): boolean {
  return known.leaseId !== null && known.remaining >= amount && known.admissions < MAX_ADMISSIONS_PER_LEASE;
}

function hold(counters: Counters, known: Known, scopes: readonly RateScope[], request: AdmitRequest): void {
  for (const { id, rates } of scopes) {
    run(counters, id, 1);
    if (request.isAgain) continue;
    for (const which of ["requests", "tokens"] as const) {
      const cost = which === "requests" ? 1 : request.tokens;
      const name = `${which}:${id}`;
      counters.tats.set(name, take(counters.tats.get(name) ?? 0, counters.nowMs, rates[which], cost).tat);
    }
  }
  const caps = request.amount > 0n ? capsOf(known, request) : [];
  for (const cap of caps) cap.held += request.amount;
  if (request.amount > 0n) {
    known.remaining -= request.amount;
    known.admissions += 1;
  }
  counters.ended.delete(request.requestId);
  known.holds.set(request.requestId, {
    amount: request.amount,
    leaseId: request.amount > 0n ? known.leaseId : null,
    keyId: request.keyId,
    capIds: caps.map(({ id }) => id),
    tokens: request.tokens,
    expiresAtMs: counters.nowMs + request.holdTtlMs,
    isRecovered: false,
  });
}

function install(counters: Counters, installation: Installation): boolean {
  unlock(counters, installation.lock);
  if (installation.generation <= counters.generation) return false;
  const { lease, state } = installation;
  if (!state && counters.generation !== installation.follows) return false;
  const known = state ? rebuild(counters, state) : counters.known;
  if (!known) return false;
  counters.generation = installation.generation;
  known.leaseId = lease?.id ?? null;
  known.remaining = lease?.granted ?? 0n;
  known.admissions = 0;
  known.isFenced = false;
  counters.known = known;
  return true;
}
