"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Banner } from "@/app/_ui/banner";
import { Money } from "@/app/_ui/money";
import { Skeleton } from "@/app/_ui/skeleton";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import type { Outputs } from "./outputs";
import { marginWords } from "./price-table";

type Impact = Outputs["prices"]["impact"];

/** What the real usage of the last 30 days would have cost with a list. */
export function ImpactPanel({ impact }: { readonly impact: UseQueryResult<Impact, unknown> }) {
  return (
    <section aria-label="Impact on the last 30 days" className="grid gap-3 rounded-lg border border-line p-4">
      <h3 className="font-medium">Impact on the last 30 days</h3>
      <QueryView query={impact} skeleton={<Skeleton className="h-28 w-full" />}>
        {(known) => <Known impact={known} />}
      </QueryView>
    </section>
  );
}

function Known({ impact }: { readonly impact: Impact }) {
  if (impact.requests === 0)
    return (
      <p className="text-ink-2">
        Nobody used this endpoint in the last 30 days. Nobody is told of the change.
      </p>
    );
  const change = impact.afterNanoUsd - impact.beforeNanoUsd;
  return (
    <>
      {impact.unpriced.length > 0 && (
        <Banner tone="negative">
          {impact.unpriced.join(", ")} {impact.unpriced.length === 1 ? "was" : "were"} used and would have no
          price: such requests would be refused.
        </Banner>
      )}
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Figure name="Was charged" value={<Money nanoUsd={impact.beforeNanoUsd} />} />
        <Figure name="Would have been" value={<Money nanoUsd={impact.afterNanoUsd} />} />
        <Figure
          name="Difference"
          value={
            <>
              {change > 0n && "+"}
              <Money nanoUsd={change} />
            </>
          }
        />
        <Figure
          name="Margin before and after"
          value={`${marginWords(impact.beforeNanoUsd, impact.supplierBeforeNanoUsd)} → ${marginWords(impact.afterNanoUsd, impact.supplierAfterNanoUsd)}`}
        />
      </dl>
      <p className="text-ink-2 text-sm">
        {impact.requests.toLocaleString("en-US")} requests of {impact.organizations.toLocaleString("en-US")}{" "}
        {impact.organizations === 1 ? "organization" : "organizations"}, which hear of the change by webhook.
      </p>
      <Table caption="Organizations with the greatest difference" hideCaption phone="stack">
        <TableHead>
          <tr>
            <HeaderCell>Organization</HeaderCell>
            <HeaderCell align="right">Requests</HeaderCell>
            <HeaderCell align="right">Was charged</HeaderCell>
            <HeaderCell align="right">Would have been</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {impact.most.map((each) => (
            <tr key={each.organizationId}>
              <RowHeader className="break-words">{each.name}</RowHeader>
              <Cell align="right" label="Requests">
                {each.requests}
              </Cell>
              <Cell align="right" label="Was charged">
                <Money nanoUsd={each.beforeNanoUsd} />
              </Cell>
              <Cell align="right" label="Would have been">
                <Money nanoUsd={each.afterNanoUsd} />
              </Cell>
            </tr>
          ))}
        </TableBody>
      </Table>
    </>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: React.ReactNode }) {
  return (
    <div className="grid content-start gap-0.5">
      <dt className="text-ink-2 text-sm">{name}</dt>
      <dd className="font-medium tabular-nums">{value}</dd>
    </div>
  );
}
