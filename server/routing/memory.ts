import { eq } from "drizzle-orm";
import { apiKey, organizationPolicy } from "@/db/schema";
import type { KeyRests } from "@/server/catalog";
import { OPEN_POLICY, type RoutingPolicy, routingPolicySchema } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import type { Log } from "@/server/platform/log";
import { createHealthBoard, type HealthBoard, type ShareHealth } from "./health-board";
import type { HealthSummary } from "./health-window";
import { writeHistory } from "./history";
import { beginOutage, endOutages, noteRecovery, unrecovered } from "./outages";
import { createHealthReporter, type HealthReporter } from "./report";
import { createRetryBudget, type RetryBudget } from "./retry-budget";
import { createSessionMemory, type SessionMemory } from "./session-memory";
import { createWindowReader, type WindowReader } from "./windows";

export interface RoutingMemory {
  readonly board: HealthBoard;
  readonly sessions: SessionMemory;
  readonly retryBudget: RetryBudget;
  readonly policiesOf: (key: {
    readonly keyId: string;
    readonly organizationId: string;
  }) => Promise<readonly RoutingPolicy[]>;
  readonly random: () => number;
  /** Health of endpoints for people. */
  readonly report: HealthReporter;
  /** The figures behind it, over five minutes, half an hour and a day. */
  readonly windows: WindowReader;
  /** Meets the other processes, and writes the history when a minute is over. Called every second; never throws. */
  tick(): Promise<void>;
}

export interface RoutingMemoryDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly share: ShareHealth;
  readonly keyRests?: KeyRests;
}

const HISTORY_EVERY_MS = 60_000;
/** A change of a policy acts within this time in every process. */
const POLICY_LIFE_MS = 1_000;
const MOST_POLICIES = 10_000;

/** What routing knows in this process, wired to where it is shared and kept. */
export function createRoutingMemory(deps: RoutingMemoryDeps): RoutingMemory {
  const { db, clock, log } = deps;
  const board = createHealthBoard({
    ...deps,
    onTransition: (endpointId, state) => void note(endpointId, state).catch(warn("outage not written")),
  });
  const warn = (what: string) => (reason: unknown) => log.warn({ reason: String(reason) }, what);
  const note = (endpointId: string, state: "open" | "closed") =>
    state === "open"
      ? beginOutage(db, clock.nowMs(), { endpointId, reason: reasonOf(board.summaryOf(endpointId)) })
      : noteRecovery(db, clock.nowMs(), endpointId);
  const instance = newId("instance");
  let lastHistoryMs = clock.nowMs();

  return {
    board,
    sessions: createSessionMemory(clock),
    retryBudget: createRetryBudget(),
    policiesOf: createPolicyReader(db, clock),
    random: Math.random,
    report: createHealthReporter({ db, clock, board }),
    windows: createWindowReader({ db, clock, board }),
    async tick() {
      await board.exchange();
      if (clock.nowMs() - lastHistoryMs < HISTORY_EVERY_MS) return;
      lastHistoryMs = clock.nowMs();
      await writeHistory(db, instance, clock.nowMs(), board.drain()).catch(
        warn("health history not written"),
      );
      await closeOutages(db, clock, board).catch(warn("outages not ended"));
    },
  };
}

/** In words, for customers. The breaker also opens on a row of failures that says little about a share. */
function reasonOf({ successShare }: HealthSummary): string {
  return successShare === null || successShare > FEW_FAILURES
    ? "several requests in a row failed"
    : `${Math.round((1 - successShare) * PERCENT)} % of the requests of the last five minutes failed`;
}
const FEW_FAILURES = 0.9;
const PERCENT = 100;

async function closeOutages(db: Database, clock: Clock, board: HealthBoard): Promise<void> {
  for (const id of await unrecovered(db, clock.nowMs())) {
    const breaker = board.healthOf(id)?.breaker;
    const answers = breaker?.openUntilMs === null && breaker.failuresInRow === 0;
    if (answers && board.summaryOf(id).requests > 0) await noteRecovery(db, clock.nowMs(), id);
  }
  await endOutages(db, clock.nowMs());
}

/** Policies of keys, remembered for a moment. A policy that cannot be read allows nothing: the request is refused. */
function createPolicyReader(db: Executor, clock: Clock): RoutingMemory["policiesOf"] {
  const known = new Map<
    string,
    { readonly untilMs: number; readonly policies: Promise<readonly RoutingPolicy[]> }
  >();
  return ({ keyId, organizationId }) => {
    const found = known.get(keyId);
    if (found && found.untilMs > clock.nowMs()) return found.policies;
    const policies = readPolicies(db, organizationId, keyId);
    if (known.size >= MOST_POLICIES) known.clear();
    known.set(keyId, { untilMs: clock.nowMs() + POLICY_LIFE_MS, policies });
    policies.catch(() => known.delete(keyId));
    return policies;
  };
}

async function readPolicies(
  db: Executor,
  organizationId: string,
  keyId: string,
): Promise<readonly RoutingPolicy[]> {
  const [row] = await db
    .select({ organization: organizationPolicy.policy, key: apiKey.policy })
    .from(apiKey)
    .leftJoin(organizationPolicy, eq(organizationPolicy.organizationId, organizationId))
    .where(eq(apiKey.id, keyId));
  return [row?.organization, row?.key].flatMap((stored) => {
    const { routing } = (stored ?? {}) as { routing?: unknown };
    const policy = routing === undefined ? OPEN_POLICY : routingPolicySchema.parse(routing);
    return policy === OPEN_POLICY ? [] : [policy];
  });
}
