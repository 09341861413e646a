import { dropOldExports } from "@/server/accounts";
import { dropOldNotices } from "@/server/alerts";
import { dropOldDeclines } from "@/server/billing";
import { dropOldPriceLocks } from "@/server/catalog";
import { deleteExpiredPrompts } from "@/server/prompts";
import { deleteExpiredResponses } from "@/server/responses";
import { pruneHistory } from "@/server/routing";
import { dropOldDeliveries } from "@/server/webhooks";
import type { Job } from "./job";

/** Deletes what was kept for a client for as long as was promised, and no longer. */
export const forgetJob: Job = {
  everySeconds: 60 * 60,
  async run({ db, clock }) {
    return {
      figures: {
        prompts: await deleteExpiredPrompts(db, clock.nowMs()),
        responses: await deleteExpiredResponses(db, clock.nowMs()),
        priceLocks: await dropOldPriceLocks(db, clock.nowMs()),
        healthMinutes: await pruneHistory(db, clock.nowMs()),
        declines: await dropOldDeclines(db, clock.nowMs()),
        exports: await dropOldExports(db, clock.nowMs()),
        notices: await dropOldNotices(db, clock.nowMs()),
        deliveries: await dropOldDeliveries(db, clock.nowMs()),
      },
    };
  },
};
