"use client";

import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { buttonStyles } from "@/app/_ui/button-styles";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import type { AppRouter } from "@/server/trpc";
import { FirstRun } from "../_first-run/first-run";
import { BalanceTiles } from "../_parts/balance-tiles";
import { QueryView } from "../_parts/query-view";
import { RequestRows } from "../_parts/request-rows";
import { OverviewSkeleton } from "../_parts/skeletons";
import { SpendChart } from "./spend-chart";
import { useFirstRequest } from "./use-first-request";

const REFRESH_MS = 30_000;
const IN_FLIGHT_REFRESH_MS = 2_000;

export type OverviewSummary = inferRouterOutputs<AppRouter>["overview"]["summary"];

/** The first screen: money, spend, the latest requests; before the first request, the way to it. */
export function OverviewScreen() {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.overview.summary.queryOptions(undefined, {
      staleTime: 0,
      refetchInterval: ({ state }) =>
        state.data?.recent.some(({ outcome }) => outcome === "pending") ? IN_FLIGHT_REFRESH_MS : REFRESH_MS,
    }),
  );
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <Link href="/dashboard/billing" className={buttonStyles({ variant: "primary" })}>
            Top up
          </Link>
        }
      />
      <QueryView query={query} skeleton={<OverviewSkeleton />}>
        {(summary) => <Overview summary={summary} />}
      </QueryView>
    </>
  );
}

function Overview({ summary }: { readonly summary: OverviewSummary }) {
  const firstRequestId = useFirstRequest(summary.firstRun.firstRequestId);
  // Stays after the first request has come, so that the reader sees it happen; gone at the next visit.
  const [showsFirstRun] = useState(summary.firstRun.firstRequestId === null);
  return (
    <>
      {showsFirstRun && <FirstRun summary={summary} firstRequestId={firstRequestId} />}
      <BalanceTiles balance={summary.balance} runway={summary.runway} spend={summary.spend} />
      <SpendChart days={summary.days} />
      <section className="grid gap-3">
        <div className="flex items-baseline justify-between gap-4">
          <h2 className="font-medium text-lg">Latest requests</h2>
          <Link href="/dashboard/requests" className="text-sm underline underline-offset-4">
            All requests
          </Link>
        </div>
        <Card className="overflow-hidden p-0">
          {summary.recent.length === 0 ? (
            <EmptyState
              title="No requests yet"
              description="The first one appears here the moment it is admitted."
            />
          ) : (
            <RequestRows requests={summary.recent} caption="Latest requests, newest first" />
          )}
        </Card>
      </section>
    </>
  );
}
