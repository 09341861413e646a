import type { Database } from "@/server/platform/database";
import { type ClaimedDelivery, claimDue } from "./claim";
import { recordOutcome } from "./record-outcome";
import { type SendDeps, send } from "./send";

const MAX_IN_FLIGHT = 100;
/** A run takes no new deliveries after so long; the next one goes on. */
const RUN_MS = 45_000;

export interface DeliverDeps extends SendDeps {
  readonly db: Database;
  /** In [0, 1), for the jitter of delays. */
  readonly random: () => number;
}

export interface DeliveryFigures {
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Sends what is due. A place that becomes free is taken at once by whatever is due then, so the slow wait for themselves
 * only. Any number of processes at once; one that dies between an attempt and its record leaves the delivery to be
 * repeated under the same id.
 */
export async function deliverDue(deps: DeliverDeps): Promise<DeliveryFigures> {
  const { db, clock } = deps;
  const figures = { delivered: 0, failed: 0 };
  const flying = new Set<Promise<void>>();
  const lastClaimMs = clock.nowMs() + RUN_MS;
  const fly = async (delivery: ClaimedDelivery) => {
    const outcome = await send(deps, delivery);
    const isMine = await recordOutcome(db, clock, delivery, outcome, deps.random());
    if (isMine) figures[outcome.error === null ? "delivered" : "failed"] += 1;
  };
  for (;;) {
    const free = MAX_IN_FLIGHT - flying.size;
    const claimed = free > 0 && clock.nowMs() < lastClaimMs ? await claimDue(db, clock.nowMs(), free) : [];
    for (const delivery of claimed) {
      const flight = fly(delivery).finally(() => flying.delete(flight));
      flying.add(flight);
    }
    if (flying.size === 0) return figures;
    await Promise.race(flying);
  }
}
