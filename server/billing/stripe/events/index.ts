import type Stripe from "stripe";
import { chargeDisputeClosed } from "./charge-dispute-closed";
import { chargeDisputeCreated } from "./charge-dispute-created";
import { chargeDisputeFundsReinstated } from "./charge-dispute-funds-reinstated";
import { chargeDisputeFundsWithdrawn } from "./charge-dispute-funds-withdrawn";
import { chargeRefunded } from "./charge-refunded";
import { checkoutSessionAsyncPaymentFailed } from "./checkout-session-async-payment-failed";
import { checkoutSessionAsyncPaymentSucceeded } from "./checkout-session-async-payment-succeeded";
import { checkoutSessionCompleted } from "./checkout-session-completed";
import { checkoutSessionExpired } from "./checkout-session-expired";
import { customerSubscriptionCreated } from "./customer-subscription-created";
import { customerSubscriptionDeleted } from "./customer-subscription-deleted";
import { customerSubscriptionUpdated } from "./customer-subscription-updated";
import type { EventHandler } from "./handler";
import { invoicePaid } from "./invoice-paid";
import { invoicePaymentFailed } from "./invoice-payment-failed";
import { paymentIntentPaymentFailed } from "./payment-intent-payment-failed";
import { paymentIntentSucceeded } from "./payment-intent-succeeded";
import { refundFailed } from "./refund-failed";
import { transferReversed } from "./transfer-reversed";

/** Every event that Stripe should send us: the list of the webhook endpoint there. Others are kept and change nothing. */
const HANDLERS: readonly EventHandler[] = [
  checkoutSessionCompleted,
  checkoutSessionAsyncPaymentSucceeded,
  checkoutSessionAsyncPaymentFailed,
  checkoutSessionExpired,
  paymentIntentSucceeded,
  paymentIntentPaymentFailed,
  chargeRefunded,
  refundFailed,
  chargeDisputeCreated,
  chargeDisputeFundsWithdrawn,
  chargeDisputeFundsReinstated,
  chargeDisputeClosed,
  invoicePaid,
  invoicePaymentFailed,
  customerSubscriptionCreated,
  customerSubscriptionUpdated,
  customerSubscriptionDeleted,
  transferReversed,
];

export function handlerOf(event: Stripe.Event): EventHandler | undefined {
  return HANDLERS.find(({ type }) => type === event.type);
}
