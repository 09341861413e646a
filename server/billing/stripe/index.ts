export { openStripe, type StripeAccess } from "./access";
export { listBalanceTransactions } from "./balance-transactions";
export { closeTestedCheckouts, dropOldDeclines } from "./card-testing";
export { openCheckout, openPortal, readSavedCard, type SavedCard } from "./checkout";
export { type RefundResult, refundOrder, retryRefunds } from "./refund";
export { replayStripeEvent } from "./replay";
export { approveOrder, rejectOrder } from "./review";
export { receiveStripeEvent, type WebhookDeps } from "./webhook";
