"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { buttonStyles } from "@/app/_ui/button-styles";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Select } from "@/app/_ui/select";
import { Skeleton } from "@/app/_ui/skeleton";
import { linkWith, SHARED_FILTERS, toDay } from "../_log/filters";
import { SharedFilterBar } from "../_log/shared-filter-bar";
import { useActor } from "../_parts/actor";
import { QueryView } from "../_parts/query-view";
import { barsOf, daysBetween, MEASURES, seriesOf, type Usage } from "./series";
import { UsageTable } from "./usage-table";
import { UsageTotals } from "./usage-totals";

const UsageBars = dynamic(() => import("./usage-bars").then((module) => module.UsageBars), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

const GROUPS = ["model", "provider", "project", "member", "key"] as const;
const SPANS = ["7", "30", "90"] as const;
const DAY_MS = 86_400_000;

/** The view lives in the URL: a chart is a link. The filters, and their names, are those of the request log. */
function useView() {
  return useQueryStates(
    {
      by: parseAsStringLiteral(GROUPS).withDefault("model"),
      show: parseAsStringLiteral(MEASURES).withDefault("spend"),
      days: parseAsStringLiteral(SPANS).withDefault("30"),
      ...SHARED_FILTERS,
    },
    { history: "replace" },
  );
}

export type View = ReturnType<typeof useView>[0];

/** The days that are shown: those that were named, else the last so many. */
function spanOf({ days, from, to }: View): { readonly from: string; readonly to: string } {
  const last = toDay(to ?? new Date());
  const first = from ? toDay(from) : toDay(new Date(Date.parse(last) - (Number(days) - 1) * DAY_MS));
  return { from: first, to: last };
}

/** What was used, by whom, on what. */
export function UsageScreen() {
  const trpc = useTRPC();
  const [view, setView] = useView();
  const { model, provider, project, member, key } = view;
  const filters = { model, provider, project, member, key };
  const span = spanOf(view);
  const { organizationId } = useActor();
  const isPossible = span.from <= span.to;
  const usage = useQuery(
    trpc.usage.read.queryOptions(
      { ...span, groupBy: view.by, ...filters },
      { placeholderData: keepPreviousData, enabled: isPossible },
    ),
  );
  const named = { ...filters, from: view.from, to: view.to };
  const isFiltered = Object.values(named).some((value) => value !== null);
  const clear = { model: null, provider: null, project: null, member: null, key: null, from: null, to: null };
  const shown = { ...filters, from: new Date(span.from), to: new Date(span.to) };
  return (
    <>
      <PageHeader
        title="Usage"
        description="From hourly sums that are exact at every moment. Days are UTC."
        actions={
          <>
            <ButtonLink variant="secondary" href={linkWith("/dashboard/requests", shown)}>
              Requests
            </ButtonLink>
            <a
              className={buttonStyles({ variant: "secondary" })}
              href={linkWith("/api/downloads/usage", { by: view.by, ...shown, organization: organizationId })}
            >
              Export CSV
            </a>
          </>
        }
      />
      <fieldset className="grid grid-cols-2 items-end gap-3 sm:grid-cols-4 lg:grid-cols-5">
        <legend className="sr-only">What the chart shows</legend>
        <Select
          label="Split by"
          value={view.by}
          options={GROUPS.map((value) => ({ value, label: toTitle(value) }))}
          onValueChange={(by) => void setView({ by: by as View["by"] })}
        />
        <Select
          label="Show"
          value={view.show}
          options={MEASURES.map((value) => ({ value, label: toTitle(value) }))}
          onValueChange={(show) => void setView({ show: show as View["show"] })}
        />
        <Select
          label="Span"
          value={view.from || view.to ? "" : view.days}
          options={[
            ...(view.from || view.to ? [{ value: "", label: "As named" }] : []),
            ...SPANS.map((value) => ({ value, label: `Last ${value} days` })),
          ]}
          onValueChange={(days) =>
            days !== "" && void setView({ days: days as View["days"], from: null, to: null })
          }
        />
        <SharedFilterBar values={view} onChange={(change) => void setView(change)} />
        {isFiltered && (
          <Button variant="ghost" onClick={() => void setView(clear)}>
            Clear filters
          </Button>
        )}
      </fieldset>
      {isPossible ? (
        <QueryView
          query={usage}
          skeleton={
            <Card className="p-5">
              <Skeleton className="h-96" />
            </Card>
          }
        >
          {(data) => (
            <Figures
              usage={data}
              view={view}
              days={daysBetween(span.from, span.to)}
              onFilter={(id) => void setView({ [view.by]: id })}
            />
          )}
        </QueryView>
      ) : (
        <Card className="p-0">
          <EmptyState title="These days are no span" description="The first day lies after the last one." />
        </Card>
      )}
    </>
  );
}

interface FiguresProps {
  readonly usage: Usage;
  readonly view: View;
  readonly days: readonly string[];
  readonly onFilter: (id: string) => void;
}

function Figures({ usage, view, days, onFilter }: FiguresProps) {
  if (usage.totals.length === 0) {
    return (
      <Card className="p-0">
        <EmptyState
          title="Nothing was used in these days"
          description="The first request that ends draws the first bar."
        />
      </Card>
    );
  }
  return (
    <>
      <UsageTotals usage={usage} days={days.length} />
      <Card className="grid gap-4 p-5">
        <figure
          className="h-80"
          aria-label={`${toTitle(view.show)} per UTC day by ${view.by}. The table below says the same in numbers.`}
        >
          <UsageBars
            bars={barsOf(usage, view.show, days)}
            series={seriesOf(usage, view.show)}
            measure={view.show}
          />
        </figure>
      </Card>
      <UsageTable usage={usage} by={view.by} onFilter={onFilter} />
    </>
  );
}

function toTitle(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
