import { drainOutbox, sweepHolds } from "@/server/admission";
import { raiseAlerts } from "@/server/budgets";
import { dropOldAnswers } from "@/server/idempotency";
import { sealBlocks, sweep } from "@/server/ledger";
import type { Job } from "./job";
import { deleteOldRuns } from "./runs";

/** Ends what nobody ended, tells the counters, raises alerts, folds usage into its hours, and seals what was recorded. */
export const sweepJob: Job = {
  everySeconds: 60,
  async run({ db, pool, store, intents, log }) {
    const passOver = (part: string) => (reason: unknown) => {
      log.warn({ part, reason: String(reason) }, "part of the sweep was passed over");
      return 0;
    };
    // A counter store that is away does not keep the sweep from the rest: the next one tries again.
    const drained = await drainOutbox(store, intents).catch(passOver("outbox"));
    const { endedNanoUsd, ...swept } = await sweep(pool);
    const holds = await sweepHolds(store, pool).catch(passOver("holds"));
    const sealed = await sealBlocks(db);
    return {
      figures: {
        ...swept,
        drained,
        holds,
        alerts: await raiseAlerts(pool),
        idempotentAnswers: await dropOldAnswers(pool),
        // A figure for people, in cents; the transfers hold the exact amount.
        endedCents: Number(endedNanoUsd / 10_000_000n),
        blocks: sealed.blocks,
        sealed: sealed.records,
        oldRuns: await deleteOldRuns(db),
      },
      findings:
        swept.moved > 0
          ? [`${swept.moved} records had no partition of their month and were moved to it`]
          : [],
    };
  },
};
