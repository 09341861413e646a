import { z } from "zod";
import type { Clock } from "@/server/platform/clock";
import type { Breaker } from "./breaker";
import { type HealthExchange, type ShareHealth, SLOT_MS } from "./health-board";
import { type HealthCounts, noCounts } from "./health-window";

/** Runs a script on the Redis that the counters use. Rejects when there is no answer in time. */
export type RunScript = (text: string, keys: readonly string[], args: readonly string[]) => Promise<unknown>;

/** Longer than anybody looks back, so that a slot is whole for as long as it is read. */
const SLOT_TTL_SECONDS = 420;
/** Longer than the longest ejection. */
const BREAKER_TTL_SECONDS = 1_800;

/**
 * One script a second per process: adds what this process saw and answers what all of them saw. A slot is a hash of
 * counters, so that the sums are exact whoever comes first.
 *
 * An ejection that ends later stands against one that ends earlier; so does a longer rest of a key.
 *
 *   KEYS  the breakers, the keys' rests, then the slots from the oldest wanted one on
 *   ARGV  ttl of slots, ttl of the rest, [[index of a slot's key, field, count] …], {endpoint: breaker …}, {key: until …}
 */
const SCRIPT = `
for _, said in ipairs(cjson.decode(ARGV[3])) do
  redis.call('HINCRBY', KEYS[said[1]], said[2], said[3])
  redis.call('EXPIRE', KEYS[said[1]], ARGV[1])
end
local function open_until(text)
  local at = text and cjson.decode(text).openUntilMs
  return type(at) == 'number' and at or 0
end
for id, breaker in pairs(cjson.decode(ARGV[4])) do
  local said = open_until(breaker)
  if said == 0 or said >= open_until(redis.call('HGET', KEYS[1], id)) then
    redis.call('HSET', KEYS[1], id, breaker)
    redis.call('EXPIRE', KEYS[1], ARGV[2])
  end
end
for id, rests_until in pairs(cjson.decode(ARGV[5])) do
  if tonumber(rests_until) > tonumber(redis.call('HGET', KEYS[2], id) or 0) then
    redis.call('HSET', KEYS[2], id, rests_until)
    redis.call('EXPIRE', KEYS[2], ARGV[2])
  end
end
local all = {}
for index, key in ipairs(KEYS) do all[index] = redis.call('HGETALL', key) end
return all`;

/** Where processes meet when there is a Redis. What it answers in another shape is ignored, as if it was away. */
export function createRedisShare(run: RunScript, clock: Clock): ShareHealth {
  return async (own, sinceSlot) => {
    const slots = slotsFrom(sinceSlot, Math.floor(clock.nowMs() / SLOT_MS), own);
    const keys = [
      "{dtk:health}:breakers",
      "{dtk:health}:rests",
      ...slots.map((slot) => `{dtk:health}:${slot}`),
    ];
    const args = [
      String(SLOT_TTL_SECONDS),
      String(BREAKER_TTL_SECONDS),
      JSON.stringify(toIncrements(own, slots)),
      JSON.stringify(
        Object.fromEntries([...own.breakers].map(([id, breaker]) => [id, JSON.stringify(breaker)])),
      ),
      JSON.stringify(Object.fromEntries([...own.rests].map(([id, untilMs]) => [id, String(untilMs)]))),
    ];
    const reply = replySchema.parse(await run(SCRIPT, keys, args));
    const [breakers = [], rests = [], ...counts] = reply;
    return {
      counts: new Map(slots.map((slot, at) => [slot, toCounts(counts[at] ?? [])])),
      breakers: new Map(pairs(breakers).map(([id, text]) => [id, breakerSchema.parse(JSON.parse(text))])),
      rests: new Map(pairs(rests).map(([id, untilMs]) => [id, Number(untilMs)])),
    };
  };
}

function slotsFrom(sinceSlot: number, nowSlot: number, own: HealthExchange): number[] {
  const first = Math.min(sinceSlot, ...own.counts.keys());
  const last = Math.max(nowSlot, ...own.counts.keys());
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

const HISTOGRAMS = { t: "firstTokenMs", d: "durationMs", s: "tokensPerSecond" } as const;
const SUMS = { r: "requests", f: "failures", l: "rateLimited" } as const;
const FIRST_SLOT_KEY = 3;

/** A field is the endpoint, `|`, and what is counted: a letter, with the bucket of a histogram behind it. */
function toIncrements(own: HealthExchange, slots: readonly number[]): [number, string, number][] {
  const increments: [number, string, number][] = [];
  for (const [slot, endpoints] of own.counts) {
    const key = slots.indexOf(slot) + FIRST_SLOT_KEY;
    for (const [id, counts] of endpoints) {
      for (const [letter, name] of Object.entries(SUMS))
        if (counts[name] > 0) increments.push([key, `${id}|${letter}`, counts[name]]);
      for (const [letter, name] of Object.entries(HISTOGRAMS))
        for (const [bucket, count] of Object.entries(counts[name]))
          increments.push([key, `${id}|${letter}${bucket}`, count]);
    }
  }
  return increments;
}

function toCounts(flat: readonly string[]): Map<string, HealthCounts> {
  const byEndpoint = new Map<string, HealthCounts>();
  for (const [field, text] of pairs(flat)) {
    const [id = "", what = ""] = field.split("|");
    const counts = byEndpoint.get(id) ?? noCounts();
    byEndpoint.set(id, counts);
    const letter = what.charAt(0);
    const count = Number(text);
    if (isKeyOf(SUMS, letter)) counts[SUMS[letter]] = count;
    else if (isKeyOf(HISTOGRAMS, letter)) counts[HISTOGRAMS[letter]][Number(what.slice(1))] = count;
  }
  return byEndpoint;
}

function isKeyOf<Table extends object>(table: Table, key: string): key is keyof Table & string {
  return Object.hasOwn(table, key);
}

function pairs(flat: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at] ?? "", flat[at + 1] ?? ""]);
  return found;
}

/** Field names and values in turn, per key. */
const replySchema = z.array(z.array(z.string()));

const instantMs = z.number().nullable();
const breakerSchema: z.ZodType<Breaker> = z.object({
  failuresInRow: z.number(),
  windowStartedAtMs: z.number(),
  windowRequests: z.number(),
  windowFailures: z.number(),
  ejections: z.number(),
  openUntilMs: instantMs,
  trialSinceMs: instantMs,
  trialFromMs: instantMs.default(null),
  coolUntilMs: instantMs,
  forced: z.enum(["open", "closed"]).nullable(),
});
