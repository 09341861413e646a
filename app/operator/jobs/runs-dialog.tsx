"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Dialog } from "@/app/_ui/dialog";
import { Instant } from "@/app/dashboard/_parts/instant";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton } from "@/app/dashboard/_parts/skeletons";
import { figureWords, RunBadge } from "./jobs-screen";

/** The latest hundred runs of one job that are kept. */
export function RunsDialog({ job, onClose }: { readonly job: string | null; readonly onClose: () => void }) {
  return (
    <Dialog
      open={job !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Runs of ${job ?? ""}`}
      className="max-w-2xl"
    >
      {job && <Runs job={job} />}
    </Dialog>
  );
}

function Runs({ job }: { readonly job: string }) {
  const trpc = useTRPC();
  const runs = useQuery(trpc.operator.checks.runs.queryOptions({ job }));
  return (
    <QueryView query={runs} skeleton={<RowsSkeleton rows={4} />}>
      {(list) =>
        list.length === 0 ? (
          <p className="text-ink-2">It never ran here.</p>
        ) : (
          <section
            aria-label={`Runs of ${job}`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
            tabIndex={0}
            className="max-h-[60vh] overflow-y-auto"
          >
            <ul className="divide-y divide-line">
              {list.map((run) => (
                <li key={run.id} className="grid gap-1 py-3 text-sm">
                  <p className="flex flex-wrap items-center justify-between gap-3">
                    <Instant value={run.startedAt} isExact />
                    <RunBadge outcome={run.outcome} />
                  </p>
                  <p className="text-ink-2">{figureWords(run.figures)}</p>
                  {run.detail && (
                    <pre className="whitespace-pre-wrap break-all font-mono text-negative text-xs">
                      {run.detail}
                    </pre>
                  )}
                </li>
              ))}
            </ul>
          </section>
        )
      }
    </QueryView>
  );
}
