export { type NoticeDeps, tellLowBalances, tellPauses } from "./notices";
export { chargeRecharges, type RechargeDeps, requestRecharges } from "./run";
export {
  type AutoRechargeSettings,
  disableAutoRecharge,
  enableAutoRecharge,
  listRecharges,
  readAutoRecharge,
  resumeAutoRecharge,
} from "./settings";
export { consentText, type RechargeTerms } from "./terms";
