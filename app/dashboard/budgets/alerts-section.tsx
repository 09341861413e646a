"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Card } from "@/app/_ui/card";
import type { AppRouter } from "@/server/trpc";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { AlertsForm } from "./alerts-form";
import { RecentAlerts } from "./recent-alerts";

export type AlertSettings = inferRouterOutputs<AppRouter>["alerts"]["settings"];

interface AlertsSectionProps {
  readonly settings: UseQueryResult<AlertSettings, unknown>;
  readonly isReadOnly: boolean;
}

/** Who is told of budgets and of unusual spend, how, and what was told. */
export function AlertsSection({ settings, isReadOnly }: AlertsSectionProps) {
  return (
    <section aria-labelledby="alerts" className="grid gap-3">
      <div className="grid gap-1">
        <h2 id="alerts" className="font-semibold text-lg">
          Alerts
        </h2>
        <p className="max-w-prose text-ink-2 text-sm">
          Each threshold is told once per window of its budget. An hour that costs more than four times the
          usual is told at most once a day.
        </p>
      </div>
      <Card className="overflow-hidden p-0">
        <QueryView query={settings} skeleton={<RowsSkeleton rows={5} />}>
          {(current) => <AlertsForm initial={current} isReadOnly={isReadOnly} />}
        </QueryView>
      </Card>
      <RecentAlerts />
    </section>
  );
}
