import { z } from "zod";
import { listOrders, type Order, readOrder, withdrawOrder } from "@/server/billing";
import { readUsage, USAGE_GROUPS } from "@/server/logs";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";
import { defineRoute } from "../route";
import { DEFAULT_LIMIT, id, pageOf, paging, time, toIso, usd } from "../wire";

const day = z.iso.date();
const order = z.object({
  id: z.string(),
  pack: z.string(),
  amount_usd: usd,
  status: z.string(),
  payment_method: z.string(),
  created_at: time,
  paid_at: time.nullable(),
  closed_at: time.nullable(),
});
const usage = z.object({
  group: z.string().describe("A UTC day, or the id or slug of what it is grouped by; empty for none."),
  requests: z.number().int(),
  failed_requests: z.number().int(),
  input_tokens: z.number().int(),
  cached_input_tokens: z.number().int(),
  output_tokens: z.number().int(),
  cost_usd: usd,
});

/** What was spent and what was paid. Money moves at the checkout; an order that nobody has paid can be taken back. */
export const moneyRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/usage",
    scope: "usage:read",
    summary: "Sum usage over UTC days, grouped",
    query: z.strictObject({
      from: day.describe("First UTC day."),
      to: day.describe("Last UTC day; at most 366 in all."),
      group_by: z.enum(["day", ...USAGE_GROUPS]).default("day"),
    }),
    answer: z.object({ data: z.array(usage) }),
    async run({ tx, organizationId }, { query }) {
      const fromMs = Date.parse(`${query.from}T00:00:00Z`);
      const toMs = Date.parse(`${query.to}T00:00:00Z`) + 86_400_000;
      if (toMs <= fromMs)
        throw new AppError("invalid_request", { message: "`to` lies before `from`.", param: "to" });
      const group = query.group_by;
      const rows = await readUsage(tx, {
        organizationId,
        fromMs,
        toMs,
        byDay: group === "day",
        groupBy: group === "day" ? [] : [group],
      });
      return {
        data: rows.map((row) => ({
          group: (group === "day" ? row.day : row.groups[group]) ?? "",
          requests: row.requests,
          failed_requests: row.failed,
          input_tokens: row.inputTokens,
          cached_input_tokens: row.cachedInputTokens,
          output_tokens: row.outputTokens,
          cost_usd: toDecimalUsd(row.costNanoUsd),
        })),
      };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organization/orders",
    scope: "orders:read",
    summary: "List orders, newest first",
    query: paging,
    answer: pageOf(order),
    async run({ tx, clock, organizationId }, { query: { limit = DEFAULT_LIMIT, cursor } }) {
      const page = await listOrders(tx, { organizationId, limit, cursor: cursor ?? null }, clock);
      return { data: page.orders.map(toOrder), next_cursor: page.nextCursor };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organization/orders/{order_id}",
    scope: "orders:read",
    summary: "Read an order",
    params: z.strictObject({ order_id: id }),
    answer: order,
    run: async ({ tx, clock, organizationId }, { params }) =>
      toOrder(await readOrder(tx, { organizationId, orderId: params.order_id }, clock)),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/orders/{order_id}/withdraw",
    scope: "orders:write",
    summary: "Withdraw an order that nobody has paid",
    params: z.strictObject({ order_id: id }),
    answer: order,
    run: async ({ tx, deps, organizationId, by }, { params }) =>
      toOrder(await withdrawOrder(tx, deps, { organizationId, orderId: params.order_id, by })),
  }),
];

function toOrder(of: Order): z.infer<typeof order> {
  return {
    id: of.id,
    pack: of.pack,
    amount_usd: toDecimalUsd(of.amountNanoUsd),
    status: of.status,
    payment_method: of.paymentMethod,
    created_at: of.createdAt.toISOString(),
    paid_at: toIso(of.paidAt),
    closed_at: toIso(of.closedAt),
  };
}
