/** Telling an organization's own servers of its events: Standard Webhooks, at least once, in no promised order. */
export { type AddressRules, toWebhookUrl } from "./address";
export { type DeliverDeps, type DeliveryFigures, deliverDue } from "./deliver";
export {
  type Delivery,
  type DeliveryDetail,
  getDelivery,
  listDeliveries,
  redeliver,
  sendTestEvent,
} from "./deliveries";
export { dispatchEvents } from "./dispatch";
export {
  createEndpoint,
  type EndpointTerms,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateWebhookSecret,
  setEndpointStatus,
  updateEndpoint,
  type WebhookEndpoint,
  type WebhookSettings,
} from "./endpoints";
export { dropOldDeliveries } from "./record-outcome";
