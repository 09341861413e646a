"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Money } from "@/app/_ui/money";
import { Skeleton } from "@/app/_ui/skeleton";
import { toCount } from "../_format/numbers";
import type { SpendDay } from "./spend-bars";

const SpendBars = dynamic(() => import("./spend-bars").then((module) => module.SpendBars), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

/** Spend of the last 30 UTC days, as bars or as the table behind them. */
export function SpendChart({ days }: { readonly days: readonly SpendDay[] }) {
  const [isTable, setTable] = useState(false);
  const total = days.reduce((sum, day) => sum + day.costNanoUsd, 0n);
  return (
    <Card className="grid gap-4 p-5">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-medium text-lg">Spend, last {days.length} days</h2>
          <p className="text-ink-2 text-sm">
            <Money nanoUsd={total} /> in total. Days are UTC.
          </p>
        </div>
        {total > 0n && (
          <Button variant="secondary" size="sm" onClick={() => setTable(!isTable)}>
            {isTable ? "Show as chart" : "Show as table"}
          </Button>
        )}
      </div>
      {total === 0n ? (
        <p className="grid h-56 place-items-center rounded-lg border border-line border-dashed px-4 text-center text-ink-2 text-sm">
          Nothing was spent in these days. The first charged request draws the first bar.
        </p>
      ) : isTable ? (
        <DayTable days={days} />
      ) : (
        <figure
          className="h-56"
          aria-label={`Spend per UTC day of the last ${days.length} days. The same numbers are available as a table.`}
        >
          <SpendBars days={days} />
        </figure>
      )}
    </Card>
  );
}

function DayTable({ days }: { readonly days: readonly SpendDay[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
    <section className="max-h-80 overflow-y-auto" aria-label="Spend per day" tabIndex={0}>
      <table className="w-full text-sm">
        <caption className="sr-only">Spend per UTC day, newest first</caption>
        <thead className="sticky top-0 bg-raised text-ink-2">
          <tr className="border-b border-line">
            <th scope="col" className="py-2 text-left font-medium">
              Day (UTC)
            </th>
            <th scope="col" className="py-2 text-right font-medium">
              Charged requests
            </th>
            <th scope="col" className="py-2 text-right font-medium">
              Spend
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line tabular-nums">
          {[...days].reverse().map((day) => (
            <tr key={day.day}>
              <th scope="row" className="py-2 text-left font-normal">
                {day.day}
              </th>
              <td className="py-2 text-right">{toCount(day.requests)}</td>
              <td className="py-2 text-right">
                <Money nanoUsd={day.costNanoUsd} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
