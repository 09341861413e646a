"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { Instant } from "@/app/dashboard/_parts/instant";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton } from "@/app/dashboard/_parts/skeletons";
import type { Outputs } from "../_parts/outputs";
import { RejectedEvents } from "./rejected-events";
import { RunsDialog } from "./runs-dialog";

const REFRESH_MS = 10_000;
type Job = Outputs["checks"]["jobs"][number];

const OUTCOME = {
  running: { tone: "accent", label: "Running" },
  succeeded: { tone: "positive", label: "Succeeded" },
  attention: { tone: "warning", label: "Needs attention" },
  failed: { tone: "negative", label: "Failed" },
} as const;

/** What the jobs did last, and what Stripe told us that did not fit. */
export function JobsScreen() {
  const trpc = useTRPC();
  const jobs = useQuery(trpc.operator.checks.jobs.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      <PageHeader
        title="Jobs"
        description="Started by a timer or by a scheduler. Runs that found nothing to do replace each other; the others are kept for 14 days."
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={jobs} skeleton={<RowsSkeleton rows={7} />}>
          {(list) => (
            <Table caption="Jobs" hideCaption phone="stack">
              <TableHead>
                <tr>
                  <HeaderCell>Job</HeaderCell>
                  <HeaderCell>Last run</HeaderCell>
                  <HeaderCell>Outcome</HeaderCell>
                  <HeaderCell>What it did</HeaderCell>
                  <HeaderCell>
                    <span className="sr-only">Runs</span>
                  </HeaderCell>
                </tr>
              </TableHead>
              <TableBody>
                {list.map((job) => (
                  <JobRow key={job.name} job={job} onShow={() => setShown(job.name)} />
                ))}
              </TableBody>
            </Table>
          )}
        </QueryView>
      </Card>
      <RejectedEvents />
      <RunsDialog job={shown} onClose={() => setShown(null)} />
    </>
  );
}

function JobRow({
  job: { name, everySeconds, last },
  onShow,
}: {
  readonly job: Job;
  readonly onShow: () => void;
}) {
  return (
    <tr>
      <RowHeader>
        <span className="font-medium">{name}</span>
        <span className="block text-ink-2 text-xs">every {spanWords(everySeconds)}</span>
      </RowHeader>
      <Cell label="Last run">{last ? <Instant value={last.startedAt} isExact /> : "Never"}</Cell>
      <Cell label="Outcome">{last ? <RunBadge outcome={last.outcome} /> : <Badge>None</Badge>}</Cell>
      <Cell label="What it did">{last ? figureWords(last.figures) : ""}</Cell>
      <Cell align="right">
        <Button variant="secondary" size="sm" onClick={onShow} aria-label={`Runs of ${name}`}>
          Runs
        </Button>
      </Cell>
    </tr>
  );
}

export function RunBadge({ outcome }: { readonly outcome: keyof typeof OUTCOME }) {
  const { tone, label } = OUTCOME[outcome];
  return <Badge tone={tone}>{label}</Badge>;
}

/** The counts that are not zero. */
export function figureWords(figures: Readonly<Record<string, number>>): string {
  const some = Object.entries(figures).filter(([, figure]) => figure !== 0);
  return some.map(([name, figure]) => `${name} ${figure}`).join(", ") || "Nothing to do";
}

function spanWords(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
