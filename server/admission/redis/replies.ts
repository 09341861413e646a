import type { CapScope } from "@/server/ledger";
import { type AdmitVerdict, type Basis, type CounterReading, NoVerdict, type RateFigures } from "../contract";

/** What scripts answer, read strictly: an answer of another shape is no verdict. */
export function toVerdict(reply: unknown): AdmitVerdict {
  const [kind, ...rest] = texts(reply);
  switch (kind) {
    case "wait":
      return { kind };
    case "duplicate":
      return { kind };
    case "lost":
      return { kind, generation: count(rest[0]), nowMs: count(rest[1]) };
    case "key":
      return { kind, basis: toBasis(rest) };
    case "rotate":
      return { kind, basis: toBasis(rest), rates: rest.length > 4 ? toRates(rest) : null };
    case "ok":
      return { kind, basis: toBasis(rest), rates: toRates(rest) };
    case "rate":
      return { kind, basis: toBasis(rest), rates: toRates(rest), rate: toRate(rest.slice(10)) };
    case "cap":
      return { kind, basis: toBasis(rest), rates: toRates(rest), cap: toCap(rest.slice(10)) };
    default:
      throw odd();
  }
}

function toBasis([lease, generation, version, nowMs]: readonly string[]): Basis {
  const leaseId = text(lease) || null;
  return { leaseId, generation: count(generation), version: count(version), nowMs: count(nowMs) };
}

function toRates(rest: readonly string[]): RateFigures {
  const of = (at: number) => ({
    limit: count(rest[at]),
    remaining: count(rest[at + 1]),
    resetMs: count(rest[at + 2]),
  });
  return { requests: of(4), tokens: of(7) };
}

function toRate([which, scope, limit, retryAfterMs]: readonly string[]) {
  if (which !== "requests" && which !== "tokens" && which !== "concurrent") throw odd();
  if (scope !== "key" && scope !== "organization") throw odd();
  return { which, scope, limit: count(limit), retryAfterMs: count(retryAfterMs) } as const;
}

const SCOPES: readonly string[] = ["organization", "project", "member", "key"] satisfies CapScope[];

function toCap([id, scope, scopeId, window, limit, spent, held, resetsAtMs, recovered]: readonly string[]) {
  if (scope === undefined || !SCOPES.includes(scope)) throw odd();
  return {
    id: text(id),
    scope: scope as CapScope,
    scopeId: text(scopeId),
    window: text(window),
    limit: amount(limit),
    spent: amount(spent),
    reserved: amount(held),
    resetsAtMs: resetsAtMs === "" ? null : count(resetsAtMs),
    recovered: amount(recovered),
  };
}

export function toReading(reply: unknown): CounterReading | null {
  if (!Array.isArray(reply)) throw odd();
  if (reply.length === 0) return null;
  const [known, caps, holds] = reply.map((hash) => toMap(texts(hash)));
  if (!known || !caps || !holds) throw odd();
  const ids = [...caps.keys()].flatMap((name) => (name.startsWith("d:") ? [name.slice(2)] : []));
  return {
    leaseId: known.get("lease") || null,
    generation: count(known.get("gen")),
    version: count(known.get("ver")),
    remaining: amount(known.get("rem")),
    nowMs: count(known.get("now")),
    caps: ids.map((id) => ({
      id,
      spent: amount(caps.get(`s:${id}`)),
      held: amount(caps.get(`h:${id}`)),
    })),
    holds: [...holds].flatMap(([id, packed]) => {
      if (id === "g") return [];
      const [held, , , , expiresAtMs] = packed.split("|");
      return [{ id, amount: amount(held), expiresAtMs: count(expiresAtMs) }];
    }),
  };
}

export function toMap(flat: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index + 1 < flat.length; index += 2) map.set(text(flat[index]), text(flat[index + 1]));
  return map;
}

export function texts(reply: unknown): readonly string[] {
  if (!Array.isArray(reply) || reply.some((part) => typeof part !== "string")) throw odd();
  return reply as readonly string[];
}

export function isOne(reply: unknown): boolean {
  if (reply !== 0 && reply !== 1) throw odd();
  return reply === 1;
}

function text(part: string | undefined): string {
  if (part === undefined) throw odd();
  return part;
}

function count(part: string | undefined): number {
  const value = part === undefined || part === "" ? Number.NaN : Number(part);
  if (!Number.isSafeInteger(value)) throw odd();
  return value;
}

function amount(part: string | undefined): bigint {
  if (part === undefined || !/^-?\d+$/.test(part)) throw odd();
  return BigInt(part);
}

function odd(): NoVerdict {
  return new NoVerdict("counter store: an answer that means nothing");
}
