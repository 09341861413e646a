"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { Instant } from "@/app/dashboard/_parts/instant";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton } from "@/app/dashboard/_parts/skeletons";
import { FormDialog } from "../_parts/form-dialog";
import type { Outputs } from "../_parts/outputs";
import { useAct } from "../_parts/use-act";

type Reconciliation = Outputs["checks"]["reconciliation"];

/** Whether the books are right: each invariant as it was seen last, and providers' invoices against our own count. */
export function ReconciliationScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const seen = useQuery(trpc.operator.checks.reconciliation.queryOptions());
  const [isEntering, setEntering] = useState(false);
  const enter = useMutation(
    trpc.operator.checks.enterInvoice.mutationOptions(after(() => setEntering(false))),
  );
  return (
    <>
      <PageHeader
        title="Reconciliation"
        description="What always holds of the books, as the jobs saw it last. Nothing is repaired by itself: a broken line is for a person."
        actions={
          <Button variant="secondary" onClick={() => setEntering(true)}>
            Enter an invoice
          </Button>
        }
      />
      <QueryView
        query={seen}
        skeleton={
          <Card className="p-0">
            <RowsSkeleton rows={14} />
          </Card>
        }
      >
        {({ invariants, invoices }) => (
          <>
            <Invariants invariants={invariants} />
            <Invoices invoices={invoices} />
          </>
        )}
      </QueryView>
      <FormDialog
        open={isEntering}
        onClose={() => {
          enter.reset();
          setEntering(false);
        }}
        title="Enter what a provider charged"
        fields={[
          { name: "day", label: "Day (UTC)", kind: "date" },
          { name: "provider", label: "Provider", hint: "Its slug, such as openai." },
          { name: "model", label: "Model", hint: "Its slug, such as openai/gpt-4.1." },
          { name: "amountUsd", label: "Amount in US dollars" },
          { name: "reference", label: "Reference", hint: "Optional: the number of the provider's document." },
        ]}
        submit="Enter"
        isPending={enter.isPending}
        error={enter.error}
        onSubmit={({ day = "", provider = "", model = "", amountUsd = "", reference = "" }) =>
          enter.mutate({ day, provider, model, amountUsd, reference })
        }
      >
        <p>Entered again for the same day and model, the later amount counts.</p>
      </FormDialog>
    </>
  );
}

function Invariants({ invariants }: { readonly invariants: Reconciliation["invariants"] }) {
  return (
    <Card className="overflow-hidden p-0">
      <ul className="divide-y divide-line">
        {invariants.map((each) => (
          <li key={each.name} className="grid gap-2 p-4">
            <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1">
              <p className="min-w-0 flex-1 basis-64">
                <span className="mr-2 font-medium">{each.name}</span>
                {each.text}
              </p>
              <p className="flex flex-wrap items-center gap-3 text-ink-2 text-sm">
                {each.checkedAt && <Instant value={each.checkedAt} />}
                <StateBadge state={each.state} isJudged={each.by !== null} />
              </p>
            </div>
            {each.findings.length > 0 && (
              <ul className="grid gap-1 rounded-md bg-negative-soft p-3 text-negative text-sm">
                {each.findings.map((finding) => (
                  <li key={finding} className="break-all font-mono text-xs">
                    {finding}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function StateBadge({
  state,
  isJudged,
}: {
  readonly state: "ok" | "broken" | "unknown";
  readonly isJudged: boolean;
}) {
  if (!isJudged) return <Badge>Kept by design</Badge>;
  if (state === "ok") return <Badge tone="positive">Holds</Badge>;
  if (state === "broken") return <Badge tone="negative">Broken</Badge>;
  return <Badge tone="warning">Never checked</Badge>;
}

function Invoices({ invoices }: { readonly invoices: Reconciliation["invoices"] }) {
  return (
    <section className="grid gap-3" aria-labelledby="invoices">
      <h2 id="invoices" className="font-semibold text-lg">
        Providers' invoices, last 40 days
      </h2>
      <Card className="overflow-hidden p-0">
        {invoices.length === 0 ? (
          <EmptyState
            title="No invoice entered"
            description="Enter what a provider charged for a day and model, and it is compared with our own count."
          />
        ) : (
          <Table caption="Invoices" hideCaption phone="stack">
            <TableHead>
              <tr>
                <HeaderCell>Day</HeaderCell>
                <HeaderCell>Provider and model</HeaderCell>
                <HeaderCell align="right">Invoiced</HeaderCell>
                <HeaderCell align="right">Counted</HeaderCell>
                <HeaderCell>Within 0.5 %</HeaderCell>
              </tr>
            </TableHead>
            <TableBody>
              {invoices.map((line) => (
                <tr key={`${line.day} ${line.provider} ${line.model}`}>
                  <RowHeader>{line.day}</RowHeader>
                  <Cell label="Provider and model">
                    {line.model} at {line.provider}
                    {line.reference && <span className="block text-ink-2 text-xs">{line.reference}</span>}
                  </Cell>
                  <Cell align="right" label="Invoiced">
                    <Money nanoUsd={line.invoicedNanoUsd} />
                  </Cell>
                  <Cell align="right" label="Counted">
                    <Money nanoUsd={line.countedNanoUsd} />
                  </Cell>
                  <Cell label="Within 0.5 %">
                    <Badge tone={line.isWithinTolerance ? "positive" : "negative"}>
                      {line.isWithinTolerance ? "Yes" : "No"}
                    </Badge>
                  </Cell>
                </tr>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </section>
  );
}
