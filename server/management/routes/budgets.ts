import { z } from "zod";
import { BUDGET_SCOPES, BUDGET_WINDOWS, type Budget, listBudgets } from "@/server/budgets";
import { changeBudget, dropBudget, setBudget } from "@/server/organizations";
import { toDecimalUsd } from "@/server/platform/money";
import { defineRoute, type RouteContext } from "../route";
import { cutPage, deleted, id, pageOf, paging, requireFound, time, toIso, toNanoUsd, usd } from "../wire";

const params = z.strictObject({ budget_id: id });
const terms = {
  window: z.enum(BUDGET_WINDOWS),
  is_rolling: z.boolean(),
  is_hard: z.boolean().describe("True: no request may pass it. False: it only raises alerts."),
  amount_usd: usd,
  thresholds: z.array(z.number()).max(20).describe("Percentages at which an alert is raised."),
};
const budget = z.object({
  id: z.string(),
  scope: z.enum(BUDGET_SCOPES),
  scope_id: z.string(),
  ...terms,
  spent_usd: usd,
  reserved_usd: usd.describe("Held for requests in flight."),
  resets_at: time.nullable(),
  created_at: time,
});

export const budgetRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/budgets",
    scope: "budgets:read",
    summary: "List budgets with what is spent and reserved, the widest scope first",
    query: paging,
    answer: pageOf(budget),
    run: async ({ tx, clock, organizationId }, { query }) =>
      cutPage(await listBudgets(tx, organizationId, clock.nowMs()), query, toBudget),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/budgets",
    scope: "budgets:write",
    summary: "Set a budget; it binds the next request",
    body: z.strictObject({
      ...terms,
      scope: z.enum(BUDGET_SCOPES),
      scope_id: id.optional().describe("Left out for the organization itself."),
      is_rolling: terms.is_rolling.default(false),
      thresholds: terms.thresholds.default([50, 80, 100]),
    }),
    example: { scope: "organization", window: "month", is_hard: true, amount_usd: "200.00" },
    status: 201,
    answer: budget,
    async run(context, { body }) {
      const { tx, clock, organizationId, by } = context;
      const scopeId = body.scope === "organization" ? organizationId : (body.scope_id ?? "");
      const made = await setBudget(tx, clock, {
        organizationId,
        by,
        memberId: null,
        terms: { ...toChange(body), scope: body.scope, scopeId },
      });
      return readBudget(context, made.id);
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organization/budgets/{budget_id}",
    scope: "budgets:read",
    summary: "Read a budget",
    params,
    answer: budget,
    run: (context, input) => readBudget(context, input.params.budget_id),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organization/budgets/{budget_id}",
    scope: "budgets:write",
    summary: "Change a budget; what it binds stays",
    params,
    body: z.strictObject(terms).partial(),
    example: { amount_usd: "300.00" },
    answer: budget,
    async run(context, { params: { budget_id: budgetId }, body }) {
      const { tx, clock, organizationId, by } = context;
      const change = toChange({ ...(await readBudget(context, budgetId)), ...body });
      await changeBudget(tx, clock, { organizationId, by, budgetId, change });
      return readBudget(context, budgetId);
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/organization/budgets/{budget_id}",
    scope: "budgets:write",
    summary: "Remove a budget",
    params,
    answer: deleted,
    async run({ tx, clock, organizationId, by }, { params: { budget_id: budgetId } }) {
      await dropBudget(tx, clock, { organizationId, by, budgetId });
      return { id: budgetId, deleted: true as const };
    },
  }),
];

type Terms = { [Field in keyof typeof terms]: z.infer<(typeof terms)[Field]> };

function toChange({ window, is_rolling, is_hard, amount_usd, thresholds }: Terms) {
  const amountNanoUsd = toNanoUsd(amount_usd, "amount_usd");
  return { window, isRolling: is_rolling, isHard: is_hard, amountNanoUsd, thresholds };
}

async function readBudget({ tx, clock, organizationId }: RouteContext, budgetId: string) {
  const budgets = await listBudgets(tx, organizationId, clock.nowMs());
  return toBudget(
    requireFound(
      budgets.find((each) => each.id === budgetId),
      "budget",
    ),
  );
}

function toBudget(of: Budget): z.infer<typeof budget> {
  return {
    id: of.id,
    scope: of.scope,
    scope_id: of.scopeId,
    window: of.window,
    is_rolling: of.isRolling,
    is_hard: of.isHard,
    amount_usd: toDecimalUsd(of.amountNanoUsd),
    thresholds: [...of.thresholds],
    spent_usd: toDecimalUsd(of.spentNanoUsd),
    reserved_usd: toDecimalUsd(of.reservedNanoUsd),
    resets_at: toIso(of.resetsAt),
    created_at: of.createdAt.toISOString(),
  };
}
