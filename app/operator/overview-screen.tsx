"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/app/_trpc/client";
import { cn } from "@/app/_ui/cn";
import { PageHeader } from "@/app/_ui/page-header";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { TilesSkeleton } from "@/app/dashboard/_parts/skeletons";
import type { Outputs } from "./_parts/outputs";

const REFRESH_MS = 30_000;
type Waiting = Outputs["checks"]["waiting"];

interface Tile {
  readonly label: string;
  readonly note: string;
  readonly href: string;
  readonly count: (waiting: Waiting) => number;
}

const TILES: readonly Tile[] = [
  {
    label: "Orders in review",
    note: "Approve them, and Stripe sends the invoice.",
    href: "/operator/orders?status=in_review",
    count: ({ ordersInReview }) => ordersInReview,
  },
  {
    label: "Payouts to decide",
    note: "Partners wait for their commission.",
    href: "/operator/payouts",
    count: ({ openPayouts }) => openPayouts,
  },
  {
    label: "Commitments past due",
    note: "A period was not paid in time.",
    href: "/operator/commitments?status=past_due",
    count: ({ lateCommitments }) => lateCommitments,
  },
  {
    label: "Prices to publish",
    note: "Proposed by another operator.",
    href: "/operator/prices",
    count: ({ proposalsForMe }) => proposalsForMe,
  },
  {
    label: "Open tickets",
    note: "Customers who wait for an answer.",
    href: "/operator/tickets",
    count: ({ openTickets }) => openTickets,
  },
  {
    label: "Endpoints out",
    note: "Their breaker is open.",
    href: "/operator/health",
    count: ({ outages }) => outages,
  },
  {
    label: "Endpoints forced",
    note: "Held open or closed by an operator.",
    href: "/operator/health",
    count: ({ forced }) => forced,
  },
  {
    label: "Rejected Stripe events",
    note: "They do not fit our books. Nothing was credited.",
    href: "/operator/jobs",
    count: ({ rejectedEvents }) => rejectedEvents,
  },
  {
    label: "Broken invariants",
    note: "Of the last check of the books.",
    href: "/operator/reconciliation",
    count: ({ brokenInvariants }) => brokenInvariants,
  },
  {
    label: "Failed jobs",
    note: "Whose last run failed.",
    href: "/operator/jobs",
    count: ({ failedJobs }) => failedJobs,
  },
];

/** What waits for a person, and where. */
export function OverviewScreen() {
  const trpc = useTRPC();
  const waiting = useQuery(
    trpc.operator.checks.waiting.queryOptions(undefined, { refetchInterval: REFRESH_MS }),
  );
  return (
    <>
      <PageHeader
        title="Operator console"
        description="What waits for a person. Everything done here is written to the trail."
      />
      <QueryView query={waiting} skeleton={<TilesSkeleton tiles={TILES.length} />}>
        {(figures) => (
          <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-4">
            {TILES.map((tile) => (
              <li key={tile.label}>
                <TileLink tile={tile} count={tile.count(figures)} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </>
  );
}

function TileLink({ tile, count }: { readonly tile: Tile; readonly count: number }) {
  return (
    <Link href={tile.href} className="surface grid h-full content-start gap-1 p-5 hover:bg-hover">
      <span className="text-ink-2 text-sm">{tile.label}</span>
      <span
        className={cn(
          "font-medium text-2xl tabular-nums leading-9 tracking-tight",
          count > 0 ? "text-ink" : "text-ink-3",
        )}
      >
        {count}
      </span>
      <span className="text-ink-2 text-sm">{tile.note}</span>
    </Link>
  );
}
