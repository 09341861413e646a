import type Stripe from "stripe";
import { amount, flag, integer, list, metadata, oneOf, shape, text, url } from "./checks";

const usd = oneOf("usd");
const expand = list(text());

/** The parameters of every call that is played here; their names are checked against the SDK's types. */
export const PARAMS = {
  nothing: shape<{ expand?: string[] }>({ expand }),
  customer: shape<Stripe.CustomerCreateParams>({
    name: text(256),
    email: text(512),
    metadata,
    expand,
  }),
  session: shape<Stripe.Checkout.SessionCreateParams>(
    {
      mode: oneOf("payment"),
      customer: text(),
      client_reference_id: text(200),
      success_url: url,
      cancel_url: url,
      expires_at: integer(0, 4_102_444_800),
      billing_address_collection: oneOf("auto", "required"),
      adaptive_pricing: shape<Stripe.Checkout.SessionCreateParams.AdaptivePricing>({ enabled: flag }),
      tax_id_collection: shape<Stripe.Checkout.SessionCreateParams.TaxIdCollection>({ enabled: flag }, [
        "enabled",
      ]),
      customer_update: shape<Stripe.Checkout.SessionCreateParams.CustomerUpdate>({
        name: oneOf("auto", "never"),
        address: oneOf("auto", "never"),
      }),
      invoice_creation: shape<Stripe.Checkout.SessionCreateParams.InvoiceCreation>(
        {
          enabled: flag,
          invoice_data: shape<Stripe.Checkout.SessionCreateParams.InvoiceCreation.InvoiceData>({
            metadata,
            description: text(1_500),
          }),
        },
        ["enabled"],
      ),
      payment_intent_data: shape<Stripe.Checkout.SessionCreateParams.PaymentIntentData>({
        metadata,
        description: text(1_000),
        setup_future_usage: oneOf("off_session", "on_session"),
      }),
      line_items: list(
        shape<Stripe.Checkout.SessionCreateParams.LineItem>({
          quantity: integer(1, 1),
          price_data: shape<Stripe.Checkout.SessionCreateParams.LineItem.PriceData>(
            {
              currency: usd,
              unit_amount: amount,
              product_data: shape<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData>(
                { name: text(250) },
                ["name"],
              ),
            },
            ["currency"],
          ),
        }),
      ),
      metadata,
      expand,
    },
    ["mode", "line_items", "success_url"],
  ),
  paymentIntent: shape<Stripe.PaymentIntentCreateParams>(
    {
      amount,
      currency: usd,
      customer: text(),
      payment_method: text(),
      off_session: flag,
      confirm: flag,
      description: text(1_000),
      metadata,
      expand,
    },
    ["amount", "currency"],
  ),
  refund: shape<Stripe.RefundCreateParams>({
    payment_intent: text(),
    amount: integer(1, 99_999_999),
    reason: oneOf("duplicate", "fraudulent", "requested_by_customer"),
    metadata,
    expand,
  }),
  refundList: shape<Stripe.RefundListParams>({ payment_intent: text(), limit: integer(1, 100), expand }),
  invoice: shape<Stripe.InvoiceCreateParams>({
    customer: text(),
    collection_method: oneOf("send_invoice"),
    days_until_due: integer(1, 365),
    pending_invoice_items_behavior: oneOf("exclude", "include"),
    currency: usd,
    auto_advance: flag,
    description: text(1_500),
    metadata,
    expand,
  }),
  invoiceItem: shape<Stripe.InvoiceItemCreateParams>({
    customer: text(),
    invoice: text(),
    amount,
    currency: usd,
    description: text(1_500),
    expand,
  }),
  product: shape<Stripe.ProductCreateParams>({ name: text(250), metadata, expand }, ["name"]),
  subscription: shape<Stripe.SubscriptionCreateParams>(
    {
      customer: text(),
      items: list(
        shape<Stripe.SubscriptionCreateParams.Item>({
          price_data: shape<Stripe.SubscriptionCreateParams.Item.PriceData>(
            {
              currency: usd,
              product: text(),
              unit_amount: amount,
              recurring: shape<Stripe.SubscriptionCreateParams.Item.PriceData.Recurring>(
                { interval: oneOf("month"), interval_count: integer(1, 36) },
                ["interval"],
              ),
            },
            ["currency", "product", "recurring"],
          ),
        }),
      ),
      collection_method: oneOf("charge_automatically", "send_invoice"),
      days_until_due: integer(1, 365),
      payment_behavior: oneOf("default_incomplete"),
      payment_settings: shape<Stripe.SubscriptionCreateParams.PaymentSettings>({
        save_default_payment_method: oneOf("on_subscription", "off"),
      }),
      metadata,
      expand,
    },
    ["customer"],
  ),
  subscriptionUpdate: shape<Stripe.SubscriptionUpdateParams>({
    cancel_at: integer(0, 4_102_444_800),
    proration_behavior: oneOf("none"),
    expand,
  }),
  account: shape<Stripe.AccountCreateParams>({
    type: oneOf("express"),
    capabilities: shape<Stripe.AccountCreateParams.Capabilities>({
      transfers: shape<Stripe.AccountCreateParams.Capabilities.Transfers>({ requested: flag }),
    }),
    metadata,
    expand,
  }),
  accountLink: shape<Stripe.AccountLinkCreateParams>(
    { account: text(), type: oneOf("account_onboarding"), refresh_url: url, return_url: url, expand },
    ["account", "type"],
  ),
  transfer: shape<Stripe.TransferCreateParams>(
    {
      amount: integer(1, 99_999_999),
      currency: usd,
      destination: text(),
      transfer_group: text(),
      metadata,
      expand,
    },
    ["currency", "destination"],
  ),
  transferList: shape<Stripe.TransferListParams>({
    transfer_group: text(),
    limit: integer(1, 100),
    expand,
  }),
  subscriptionList: shape<Stripe.SubscriptionListParams>({
    customer: text(),
    limit: integer(1, 100),
    expand,
  }),
  invoicePaymentList: shape<Stripe.InvoicePaymentListParams>({
    payment: shape<Stripe.InvoicePaymentListParams.Payment>(
      { type: oneOf("payment_intent"), payment_intent: text() },
      ["type"],
    ),
    limit: integer(1, 100),
    expand,
  }),
  paymentMethodList: shape<Stripe.CustomerListPaymentMethodsParams>({
    type: oneOf("card"),
    limit: integer(1, 100),
    expand,
  }),
  transactionList: shape<Stripe.BalanceTransactionListParams>({
    created: shape<Stripe.RangeQueryParam>({
      gte: integer(0, 4_102_444_800),
      lt: integer(0, 4_102_444_800),
    }),
    limit: integer(1, 100),
    starting_after: text(),
    expand,
  }),
  portal: shape<Stripe.BillingPortal.SessionCreateParams>({ customer: text(), return_url: url, expand }),
} as const;
