import type { LimitsState, RateLimits } from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import {
  type AdmitRequest,
  assertCountable,
  type CounterStore,
  ENDED_MS,
  type Installation,
  LOCK_MS,
  MAX_ADMISSIONS_PER_LEASE,
  type Outbox,
} from "../contract";
import { ratesOf } from "../rates";
import { isOne, texts, toMap, toReading, toVerdict } from "./replies";
import type { RedisRunner } from "./runner";
import { KEY_NAMES, SCRIPTS, type ScriptName } from "./scripts";

/** Counters of an organization that nobody used for this long are forgotten; `m` goes first, so that none are read without it. */
const KNOWN_TTL_MS = 7 * 24 * 60 * 60 * 1_000;
const REST_TTL_MS = 8 * 24 * 60 * 60 * 1_000;
/** One call of a command by a script, so that every runner needs to know scripts only. */
const CALL = "return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))";
/** The two keys that no organization owns: which there are, and the settlements that wait. */
export const ORGANIZATIONS = "dtk:organizations";
export const OUTBOX = "dtk:out";

export interface RedisStoreOptions {
  /** Time of the counters; the server's own without it, which several processes agree on. */
  readonly clock?: Clock;
}

/** The counter store in Redis: what `scripts.ts` does, in the words of the contract. */
export function createRedisStore(runner: RedisRunner, { clock }: RedisStoreOptions = {}): CounterStore {
  const run = (name: ScriptName, organizationId: string, ...args: readonly string[]) =>
    runner.script(
      SCRIPTS[name],
      KEY_NAMES.map((key) => `{${organizationId}}:${key}`),
      [clock ? String(clock.nowMs()) : "", ...args],
    );

  return {
    outbox: createOutbox(runner),
    async admit(request) {
      return toVerdict(await run("admit", request.organizationId, ...toAdmitArgs(request)));
    },
    async install(organizationId, installation) {
      assertCountable(installation);
      // Before there can be a hold that nobody finds; and again with every refill, should the list have been evicted.
      const listed = runner.script(CALL, [ORGANIZATIONS], ["SADD", organizationId]);
      if (installation.state) await listed;
      const installed = run("install", organizationId, ...toInstallArgs(installation));
      const [reply] = await Promise.all([installed, listed]);
      return isOne(reply);
    },
    async finish(organizationId, requestId, { spent, tokens }) {
      const taken = tokens === null ? "" : String(tokens);
      const times = [String(ENDED_MS), String(2 * ENDED_MS)];
      isOne(await run("finish", organizationId, requestId, spent.toString(), taken, ...times));
    },
    async fence(organizationId, generation) {
      isOne(await run("fence", organizationId, String(generation)));
    },
    async forget(organizationId, generation) {
      isOne(await run("forget", organizationId, String(generation)));
    },
    async unlock(organizationId, lock) {
      isOne(await run("unlock", organizationId, lock));
    },
    async read(organizationId) {
      return toReading(await run("read", organizationId));
    },
    async organizations() {
      return texts(await runner.script(CALL, [ORGANIZATIONS], ["SMEMBERS"]));
    },
  };
}

/** One hash for all organizations: nothing but the sweeper reads it, and no script of an organization touches it. */
function createOutbox(runner: RedisRunner): Outbox {
  return {
    async put(id, text) {
      isOne(await runner.script(CALL, [OUTBOX], ["HSETNX", id, text]));
    },
    async list(limit) {
      const reply = await runner.script(CALL, [OUTBOX], ["HSCAN", "0", "COUNT", String(limit)]);
      const entries = toMap(texts(Array.isArray(reply) ? reply[1] : reply));
      return [...entries].map(([id, text]) => ({ id, text }));
    },
    async remove(id) {
      isOne(await runner.script(CALL, [OUTBOX], ["HDEL", id]));
    },
  };
}

function toAdmitArgs(request: AdmitRequest): string[] {
  const { requestId, organizationId, projectId, memberId, keyId, amount, tokens, holdTtlMs } = request;
  return [
    requestId,
    organizationId,
    projectId,
    memberId ?? "",
    keyId,
    amount.toString(),
    String(tokens),
    String(holdTtlMs),
    request.lock,
    request.isAgain ? "1" : "0",
    String(LOCK_MS),
    String(MAX_ADMISSIONS_PER_LEASE),
  ];
}

function toInstallArgs({ generation, lease, state, follows, lock }: Installation): string[] {
  return [
    String(generation),
    lease?.id ?? "",
    (lease?.granted ?? 0n).toString(),
    state ? JSON.stringify(toScriptState(state)) : "",
    String(follows),
    lock,
    String(KNOWN_TTL_MS),
    String(REST_TTL_MS),
  ];
}

/** Amounts as text, fields packed the way the scripts unpack them. */
function toScriptState(state: LimitsState) {
  return {
    version: String(state.version),
    rates: toRates("organization", state.rates),
    keys: state.keys.map(({ id, expiresAtMs, rates }) => [
      id,
      `${expiresAtMs ?? ""}|${toRates("key", rates)}`,
    ]),
    caps: state.caps.map((cap) => [
      cap.id,
      [cap.scope, cap.scopeId, cap.window, cap.limit, cap.endsAtMs ?? "", cap.resetsAtMs ?? ""].join("|"),
      cap.spent.toString(),
      `${cap.scope}:${cap.scopeId}`,
    ]),
    holds: state.holds.map((hold) => [
      hold.id,
      hold.amount.toString(),
      hold.leaseId ?? "",
      hold.keyId,
      String(hold.expiresAtMs),
      hold.capIds.join(" "),
    ]),
  };
}

function toRates(scope: "key" | "organization", limits: RateLimits): string {
  const { requests, tokens, concurrent } = ratesOf(scope, limits);
  return `${requests}|${tokens}|${concurrent}`;
}
