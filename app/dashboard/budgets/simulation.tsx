"use client";

import { useQuery } from "@tanstack/react-query";
import type { inferRouterInputs } from "@trpc/server";
import { useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Money } from "@/app/_ui/money";
import { toDecimalUsd } from "@/server/platform/money";
import type { AppRouter } from "@/server/trpc";
import { Instant } from "../_parts/instant";
import { type BudgetDraft, toTerms } from "./draft";
import type { BudgetItem } from "./words";

interface SimulationProps {
  readonly budget: BudgetItem | null;
  readonly draft: BudgetDraft;
}

type Asked = inferRouterInputs<AppRouter>["budgets"]["simulate"];

/** What the budget of the form would have refused, from what was really spent. */
export function Simulation({ budget, draft }: SimulationProps) {
  const trpc = useTRPC();
  const { terms } = toTerms(draft);
  const scope = budget?.scope ?? draft.scope;
  const scopeId = scope === "organization" ? null : (budget?.scopeId ?? draft.scopeId);
  const [asked, setAsked] = useState<Asked | null>(null);
  const query = useQuery({
    ...trpc.budgets.simulate.queryOptions(asked ?? NOTHING),
    enabled: asked !== null,
  });
  const question = terms && toQuestion(terms, scope, scopeId);
  const isCurrent = asked !== null && JSON.stringify(asked) === JSON.stringify(question);
  return (
    <div className="grid justify-items-start gap-3">
      <Button
        variant="secondary"
        size="sm"
        disabled={terms === null || scopeId === ""}
        loading={asked !== null && query.isFetching}
        onClick={() => setAsked(question)}
      >
        What would this have blocked last month?
      </Button>
      <div role="status" className="w-full text-sm empty:hidden">
        {isCurrent && query.isError && <p className="text-negative">{toApiError(query.error).message}</p>}
        {isCurrent && query.data && <Result result={query.data} isHard={asked.isHard} />}
      </div>
    </div>
  );
}

interface ResultProps {
  readonly isHard: boolean;
  readonly result: {
    readonly spentNanoUsd: bigint;
    readonly requests: number;
    readonly blockedNanoUsd: bigint;
    readonly blockedRequests: number;
    readonly firstBlockedAtMs: number | null;
    readonly blockedHours: number;
    readonly alerts: readonly { readonly threshold: number; readonly times: number }[];
  };
}

function Result({ result, isHard }: ResultProps) {
  const { blockedNanoUsd, blockedRequests, firstBlockedAtMs, blockedHours, alerts } = result;
  const told = alerts.filter(({ times }) => times > 0);
  return (
    <div className="grid gap-1.5 rounded-lg border border-line bg-sunken p-3">
      {firstBlockedAtMs === null ? (
        <p className="font-medium">Nothing in the last 30 days.</p>
      ) : (
        <p className="font-medium">
          {isHard ? "Blocked: " : "As a hard budget it would have blocked "}
          <Money nanoUsd={blockedNanoUsd} />, about {blockedRequests.toLocaleString("en-US")}{" "}
          {blockedRequests === 1 ? "request" : "requests"} in {blockedHours}{" "}
          {blockedHours === 1 ? "hour" : "hours"}, first <Instant value={new Date(firstBlockedAtMs)} />.
        </p>
      )}
      <p className="text-ink-2">
        Of <Money nanoUsd={result.spentNanoUsd} /> and {result.requests.toLocaleString("en-US")}{" "}
        {result.requests === 1 ? "request" : "requests"} in the last 30 days.{" "}
        {told.length > 0
          ? `Alerts: ${told.map(({ threshold, times }) => `${threshold} % ${times === 1 ? "once" : `${times} times`}`).join(", ")}.`
          : "No alerts."}
      </p>
    </div>
  );
}

/** Stands for no question; it is never asked. */
const NOTHING: Asked = {
  scope: "organization",
  scopeId: null,
  window: "month",
  isRolling: false,
  isHard: true,
  thresholds: [],
  amountUsd: "",
};

function toQuestion(
  { amountNanoUsd, ...terms }: NonNullable<ReturnType<typeof toTerms>["terms"]>,
  scope: BudgetDraft["scope"],
  scopeId: string | null,
): Asked {
  return { ...terms, scope, scopeId, amountUsd: toDecimalUsd(amountNanoUsd) };
}
