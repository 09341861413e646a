/** Who is told when a limit is near, spend is unusual or money is short: by mail and Slack, beside the webhooks. */
export { raiseAnomalies } from "./anomalies";
export { emitBudgetEvents } from "./budget-events";
export { deliverNotices, type NoticeDeps } from "./deliver";
export { dropOldNotices, listAlerts, queueNotices, type ToldAlert } from "./notices";
export { sendTestAlert, type TestOutcome } from "./send-test";
export {
  type AlertSettings,
  type AlertSettingsChange,
  readAlertSettings,
  writeAlertSettings,
} from "./settings";
