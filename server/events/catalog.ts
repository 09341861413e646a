import { z } from "zod";

const usd = z.string().regex(/^-?\d+(\.\d+)?$/);
const at = z.iso.datetime();
const order = z.strictObject({
  order_id: z.string(),
  amount_usd: usd,
  status: z.string(),
  payment_method: z.string(),
  pack: z.string(),
});
const subscription = z.strictObject({
  commitment_id: z.string(),
  status: z.string(),
  yearly_amount_usd: usd,
  period_start: at,
  period_end: at,
});
const payout = z.strictObject({
  payout_id: z.string(),
  amount_usd: usd,
  status: z.string(),
  reason: z.string().nullable(),
});
const recharge = z.strictObject({
  recharge_id: z.string(),
  amount_usd: usd,
  status: z.string(),
  reason: z.string().nullable(),
});
const budget = z.strictObject({
  budget_id: z.string(),
  scope: z.string(),
  scope_id: z.string(),
  /** Name of the project, member, key or organization that it binds. */
  scope_name: z.string(),
  window: z.string(),
  is_hard: z.boolean(),
  amount_usd: usd,
  spent_usd: usd,
  threshold_percent: z.number().int(),
  resets_at: at.nullable(),
});
const key = z.strictObject({ key_id: z.string(), name: z.string(), project_id: z.string() });
const member = z.strictObject({
  member_id: z.string().nullable(),
  email: z.string(),
  role: z.string(),
});
const provider = z.strictObject({
  provider: z.string(),
  model: z.string().nullable(),
  reason: z.string(),
  since: at,
});

const orderSample = {
  order_id: "ord_01kd0000000000000000000000",
  amount_usd: "50.00",
  status: "paid",
  payment_method: "card",
  pack: "builder",
};
const subscriptionSample = {
  commitment_id: "cmt_01kd0000000000000000000000",
  status: "active",
  yearly_amount_usd: "60000.00",
  period_start: "2026-11-01T00:00:00.000Z",
  period_end: "2026-12-01T00:00:00.000Z",
};
const payoutSample = {
  payout_id: "pay_01kd0000000000000000000000",
  amount_usd: "120.00",
  status: "paid",
  reason: null,
};
const rechargeSample = {
  recharge_id: "rch_01kd0000000000000000000000",
  amount_usd: "100.00",
  status: "succeeded",
  reason: null,
};
const budgetSample = {
  budget_id: "bud_01kd0000000000000000000000",
  scope: "key",
  scope_id: "key_01kd0000000000000000000000",
  scope_name: "Production",
  window: "month",
  is_hard: true,
  amount_usd: "200.00",
  spent_usd: "160.02",
  threshold_percent: 80,
  resets_at: "2026-12-01T00:00:00.000Z",
};
const keySample = {
  key_id: "key_01kd0000000000000000000000",
  name: "Production",
  project_id: "prj_01kd0000000000000000000000",
};
const memberSample = {
  member_id: "mem_01kd0000000000000000000000",
  email: "ada@example.com",
  role: "developer",
};
const providerSample = {
  provider: "example",
  model: "author/model",
  reason: "error rate above 20 % over five minutes",
  since: "2026-11-25T10:00:00.000Z",
};

const of = <Schema extends z.ZodType>(summary: string, schema: Schema, sample: z.input<Schema>) => ({
  summary,
  schema,
  sample,
});

/**
 * Every event that a webhook can be told of: what it means, the shape of its `data`, and a sample that the docs show and
 * the test button sends. Additive only: a field that was published stays.
 */
export const EVENT_TYPES = {
  "order.created": of("An order was placed.", order, { ...orderSample, status: "created" }),
  "order.paid": of("An order was paid and its amount credited.", order, orderSample),
  "order.failed": of("The payment of an order was declined.", order, { ...orderSample, status: "failed" }),
  "order.canceled": of(
    "The buyer left the checkout or withdrew the order, or its organization declined it.",
    order,
    { ...orderSample, status: "canceled" },
  ),
  "order.in_review": of("An order waits for our review.", order, { ...orderSample, status: "in_review" }),
  "order.awaiting_approval": of("A top-up waits for an owner or admin of your own organization.", order, {
    ...orderSample,
    status: "awaiting_approval",
  }),
  "order.approved": of("An order in review was approved.", order, { ...orderSample, status: "approved" }),
  "order.rejected": of("An order in review was rejected.", order, { ...orderSample, status: "rejected" }),
  "order.refunded": of("An order was refunded, in part or whole.", order, {
    ...orderSample,
    status: "refunded",
  }),
  "order.disputed": of("The payer's bank disputes the payment.", order, {
    ...orderSample,
    status: "disputed",
  }),
  "subscription.created": of("A commitment began.", subscription, subscriptionSample),
  "subscription.renewed": of(
    "A period of a commitment was paid and credited.",
    subscription,
    subscriptionSample,
  ),
  "subscription.past_due": of("A payment of a commitment is late.", subscription, {
    ...subscriptionSample,
    status: "past_due",
  }),
  "subscription.canceled": of("A commitment ended.", subscription, {
    ...subscriptionSample,
    status: "canceled",
  }),
  "payout.requested": of("A partner asked for a payout.", payout, { ...payoutSample, status: "requested" }),
  "payout.approved": of("A payout was approved.", payout, { ...payoutSample, status: "approved" }),
  "payout.paid": of("A payout was sent.", payout, payoutSample),
  "payout.failed": of("A payout could not be sent.", payout, {
    ...payoutSample,
    status: "failed",
    reason: "account_closed",
  }),
  "balance.low": of(
    "The balance fell below the alert's amount, or below three days of spend.",
    z.strictObject({ balance_usd: usd, threshold_usd: usd, runway_days: z.number().nullable() }),
    { balance_usd: "4.20", threshold_usd: "5.00", runway_days: 1.5 },
  ),
  "auto_recharge.succeeded": of("An automatic top-up was paid.", recharge, rechargeSample),
  "auto_recharge.failed": of("An automatic top-up was declined; it is paused.", recharge, {
    ...rechargeSample,
    status: "failed",
    reason: "card_declined",
  }),
  "auto_recharge.action_required": of("The bank wants the owner to confirm an automatic top-up.", recharge, {
    ...rechargeSample,
    status: "action_required",
  }),
  "auto_recharge.paused": of("Automatic top-ups were paused, and why.", recharge, {
    ...rechargeSample,
    status: "paused",
    reason: "monthly_cap",
  }),
  "budget.threshold_reached": of("Spend reached an alert threshold of a budget.", budget, budgetSample),
  "budget.exceeded": of("Spend reached the whole of a budget.", budget, {
    ...budgetSample,
    spent_usd: "200.00",
    threshold_percent: 100,
  }),
  "spend.anomaly": of(
    "An hour cost far more than usual. Nothing was stopped.",
    z.strictObject({
      hour: at,
      spent_usd: usd,
      usual_usd: usd,
      top_key_id: z.string(),
      top_model: z.string(),
    }),
    {
      hour: "2026-11-25T10:00:00.000Z",
      spent_usd: "84.10",
      usual_usd: "6.20",
      top_key_id: "key_01kd0000000000000000000000",
      top_model: "author/model",
    },
  ),
  "key.created": of("An API key was made.", key, keySample),
  "key.rotated": of("An API key got a new secret.", key, keySample),
  "key.revoked": of("An API key was revoked.", key, keySample),
  "member.invited": of("Somebody was invited.", member, { ...memberSample, member_id: null }),
  "member.joined": of("Somebody joined the organization.", member, memberSample),
  "member.role_changed": of("A member has another role.", member, memberSample),
  "member.removed": of("A member was removed or left.", member, memberSample),
  "price.changed": of(
    "The price of a model that you used in the last 30 days changes.",
    z.strictObject({
      model: z.string(),
      provider: z.string(),
      effective_from: at,
      price_version_id: z.string(),
      changes: z.array(
        z.strictObject({
          unit: z.string(),
          from_usd_per_million: usd.nullable(),
          to_usd_per_million: usd.nullable(),
        }),
      ),
    }),
    {
      model: "author/model",
      provider: "example",
      effective_from: "2026-12-01T00:00:00.000Z",
      price_version_id: "prc_01kd0000000000000000000000",
      changes: [{ unit: "output", from_usd_per_million: "2.00", to_usd_per_million: "1.60" }],
    },
  ),
  "provider.degraded": of(
    "An endpoint that you use is unhealthy; traffic goes elsewhere.",
    provider,
    providerSample,
  ),
  "provider.recovered": of("The endpoint is healthy again.", provider, {
    ...providerSample,
    reason: "healthy",
  }),
} as const;

export type EventType = keyof typeof EVENT_TYPES;
export type EventData<Type extends EventType> = z.input<(typeof EVENT_TYPES)[Type]["schema"]>;

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(EVENT_TYPES, text);
}
