export { grantCredit, takeAdjustment } from "./adjust";
export { type AwaitingOrder, decideOrder, listAwaiting, readApprovalLimit } from "./approvals";
export * from "./auto-recharge";
export * from "./commitments";
export { type BillingDeps, createOrder, type NewOrder } from "./create-order";
export { countMoneyWaiting, listAllOrders, listAllPayouts, listRejectedEvents } from "./operator-view";
export { ORDER_STATUSES, type OrderStatus } from "./order-states";
export { hasPaidOrder, listOrders, type Order, type OrderPage, readOrder } from "./orders";
export {
  MAX_ORDER_NANO_USD,
  MAX_SELF_SERVE_NANO_USD,
  MIN_ORDER_NANO_USD,
  PACKS,
  type Pack,
} from "./packs";
export * from "./partners";
export * from "./promotions";
export { type Runway, readRunway } from "./runway";
export { closeOrder, payOrder } from "./sandbox-checkout";
export * from "./stripe";
export { type Withdrawal, withdrawOrder } from "./withdraw";
