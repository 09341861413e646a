import { listBalanceTransactions } from "@/server/billing";
import { reconcilePayments, reconcileProviders } from "@/server/ledger";
import type { Job, JobDeps } from "./job";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Invoices arrive late: look back over more than a month. */
const LOOK_BACK_DAYS = 40;
/** Whole days of payments that are compared again each day. */
const PAYMENT_DAYS = 3;

const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** I14: what providers charged us against what we counted. I13: what moved at Stripe against what we booked. */
export const reconcileJob: Job = {
  everySeconds: 24 * 60 * 60,
  async run(deps) {
    const { db, clock } = deps;
    const lines = await reconcileProviders(db, {
      from: toDay(clock.nowMs() - LOOK_BACK_DAYS * DAY_MS),
      to: toDay(clock.nowMs()),
    });
    const drifting = lines.filter((line) => !line.isWithinTolerance);
    const payments = await comparePayments(deps);
    return {
      figures: { invoices: lines.length, drifting: drifting.length, paymentDays: payments.length },
      findings: [
        ...drifting.map(
          (line) =>
            `I14 ${line.day} ${line.provider} ${line.model}: invoiced ${line.invoicedNanoUsd} nano-USD, counted ${line.countedNanoUsd}`,
        ),
        ...payments
          .filter(({ isEqual }) => !isEqual)
          .map(
            (day) =>
              `I13 ${day.day}: Stripe moved ${day.stripeNanoUsd} nano-USD, the ledger ${day.ledgerNanoUsd}`,
          ),
      ],
    };
  },
};

/** Days that are over. Without Stripe there is nothing to compare with. */
async function comparePayments({ db, clock, stripe }: JobDeps) {
  if (!stripe) return [];
  const toMs = Math.floor(clock.nowMs() / DAY_MS) * DAY_MS;
  const fromMs = toMs - PAYMENT_DAYS * DAY_MS;
  const transactions = await listBalanceTransactions(stripe, { fromMs, toMs });
  return reconcilePayments(db, transactions, { from: toDay(fromMs), to: toDay(toMs - DAY_MS) });
}
