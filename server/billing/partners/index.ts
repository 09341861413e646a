export { answerReferralLink, changePartner, joinPartners, type Partner, recordReferral } from "./join";
export { listAllPartners } from "./operator-view";
export {
  approvePayout,
  convertPayout,
  failPayout,
  listPayouts,
  markPayoutPaid,
  type Payout,
  requestPayout,
} from "./payouts";
export { openPayoutAccount, sendPayout } from "./stripe-payouts";
export { type PartnerStanding, type PartnerView, viewPartner } from "./view";
