import {
  chargeRecharges,
  closeTestedCheckouts,
  requestRecharges,
  retryRefunds,
  tellLowBalances,
  tellPauses,
} from "@/server/billing";
import { sendQueuedMails } from "@/server/mail";
import type { Job } from "./job";

/** Automatic top-ups, refunds that Stripe has not answered, word of low balances, and mails about money. */
export const moneyJob: Job = {
  everySeconds: 15,
  async run(deps) {
    const { db, clock, stripe } = deps;
    const requested = stripe ? await requestRecharges(db) : 0;
    const charged = stripe ? await chargeRecharges({ db, clock, stripe }) : 0;
    const closed = stripe ? await closeTestedCheckouts(db, clock, stripe) : 0;
    const refunds = await retryRefunds(db, { clock, stripe, sandboxPayments: false });
    return {
      figures: {
        requested,
        charged,
        closed,
        refunds,
        pauses: await tellPauses(deps),
        lowBalances: await tellLowBalances(deps),
        mails: await sendQueuedMails(deps),
      },
    };
  },
};
