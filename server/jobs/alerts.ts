import { deliverNotices, emitBudgetEvents, queueNotices, raiseAnomalies } from "@/server/alerts";
import type { Job } from "./job";

/** Budgets and unusual hours become events; events become notices to people; notices are sent. */
export const alertsJob: Job = {
  everySeconds: 10,
  async run({ db, clock, webhooks, mailer, appUrl }) {
    const budgets = await emitBudgetEvents(db, clock);
    const anomalies = await raiseAnomalies(db, clock);
    const told = await queueNotices(db, clock);
    const { sent, failed } = await deliverNotices({ ...webhooks, db, clock, mailer, appUrl });
    return { figures: { budgets, anomalies, told, sent, failed } };
  },
};
