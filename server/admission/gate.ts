import { randomUUID } from "node:crypto";
import type {
  CapFigures,
  FinishVerdict,
  IntentFinish,
  IntentStart,
  Intents,
  Lendable,
  RateRefusal,
  StrictStart,
} from "@/server/ledger";
import type { Clock } from "@/server/platform/clock";
import { createAttempts } from "./attempts";
import { type CounterStore, NoVerdict, type RateFigures } from "./contract";
import { putSettlement } from "./outbox";
import { createRefillCoordinator, type Rotate } from "./refill";
import { createReleases } from "./releases";
import { createStrictPath } from "./strict-path";
import { createFreshLookup } from "./versions";

export interface Admission extends Omit<IntentStart, "leaseId" | "limitsVersion" | "admittedAtMs"> {
  /** When the request came. It waits for money once, however often it is admitted with a smaller reserve. */
  readonly receivedAtMs: number;
}

/**
 * admitted: the intent is durable and a provider may be called. The others are refusals; amounts in nano-USD.
 * `rates` is null where nothing is known of them.
 */
export type GateVerdict =
  | { readonly kind: "admitted"; readonly rates: RateFigures | null }
  | {
      readonly kind: "insufficient";
      readonly availableNanoUsd: bigint;
      readonly rates: RateFigures | null;
    }
  | { readonly kind: "capped"; readonly cap: CapFigures; readonly rates: RateFigures | null }
  | { readonly kind: "limited"; readonly rate: RateRefusal; readonly rates: RateFigures | null };

export interface Gate {
  /**
   * Reserves the money of a request and makes its intent durable. Nothing may be sent to a provider before.
   * @throws AppError invalid_api_key, permission_denied (organization suspended), service_unavailable (no verdict)
   */
  admit(admission: Admission): Promise<GateVerdict>;
  /**
   * Ends an admitted request: settles or voids it in Postgres, then frees its hold. Repeatable.
   * @throws AppError service_unavailable when Postgres does not answer; the settlement is in the outbox then, if there is one
   */
  finish(organizationId: string, finish: IntentFinish): Promise<FinishVerdict>;
}

export interface GateDeps {
  readonly store: CounterStore;
  readonly intents: Intents;
  readonly rotate: Rotate;
  readonly strict: StrictStart;
  readonly limitsVersion: (organizationId: string) => Promise<number | null>;
  readonly lendable: (organizationId: string) => Promise<Lendable>;
  readonly clock: Clock;
}

export function createGate(deps: GateDeps): Gate {
  const { store, intents, clock } = deps;
  const releases = createReleases();
  const lock = randomUUID();
  const coordinator = createRefillCoordinator(store, deps.rotate, lock);
  const attempts = createAttempts({
    store,
    intents,
    clock,
    lock,
    coordinator,
    releases,
    limitsVersion: createFreshLookup(deps.limitsVersion, coordinator.tick),
    lendable: createFreshLookup(deps.lendable, coordinator.tick),
  });
  const queued = new Set<string>();
  const admitStrictly = createStrictPath(deps.strict, clock);

  return {
    async admit(admission) {
      try {
        return await attempts.admit(admission);
      } catch (reason) {
        if (!NoVerdict.is(reason)) throw reason;
        return admitStrictly(admission);
      }
    },
    async finish(organizationId, finish) {
      const verdict = await intents.finish(finish).catch(async (noAnswer: unknown) => {
        if (store.outbox) {
          await putSettlement(store.outbox, { organizationId, finish }).then(
            () => queued.add(finish.id),
            ignoreNoVerdict,
          );
        }
        throw noAnswer;
      });
      if (queued.delete(finish.id)) await store.outbox?.remove(finish.id).catch(ignoreNoVerdict);
      const tokens = finish.charge ? finish.ending.inputTokens + finish.ending.outputTokens : 0;
      // A store that is away is rebuilt without this hold when it comes back, or told by the sweeper.
      await store
        .finish(organizationId, finish.id, { spent: verdict.chargedNanoUsd, tokens })
        .catch(ignoreNoVerdict);
      releases.announce(organizationId);
      return verdict;
    },
  };
}

function ignoreNoVerdict(reason: unknown): void {
  if (!NoVerdict.is(reason)) throw reason;
}
