import { deliverDue, dispatchEvents } from "@/server/webhooks";
import type { Job } from "./job";

/** Tells customers' servers what happened: events become deliveries, deliveries are sent. */
export const webhooksJob: Job = {
  everySeconds: 10,
  async run({ db, clock, webhooks }) {
    const events = await dispatchEvents(db, clock);
    const sent = await deliverDue({ ...webhooks, db, clock, random: Math.random });
    return { figures: { events, delivered: sent.delivered, failed: sent.failed } };
  },
};
