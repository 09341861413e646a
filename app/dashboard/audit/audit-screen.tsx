"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { parseAsIsoDate, parseAsString, useQueryStates } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { buttonStyles } from "@/app/_ui/button-styles";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { linkWith } from "../_log/filters";
import { useActor, useMay } from "../_parts/actor";
import { QueryError } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { isAuditAction } from "./action-names";
import { AuditFilterBar } from "./audit-filter-bar";
import { type AuditItem, AuditRows } from "./audit-rows";
import { ChangeDialog } from "./change-dialog";
import { VerifyCard } from "./verify-card";

const DAY_MS = 86_400_000;

/** Filters live in the URL: a filtered trail is a link. Days are UTC. */
export function useAuditFilters() {
  return useQueryStates(
    {
      action: parseAsString,
      actor: parseAsString,
      target: parseAsString,
      from: parseAsIsoDate,
      to: parseAsIsoDate,
    },
    { history: "replace" },
  );
}

/** Every change that somebody made, with what it was before. */
export function AuditScreen() {
  const trpc = useTRPC();
  const mayRead = useMay("audit.read");
  const { organizationId } = useActor();
  const [filters, setFilters] = useAuditFilters();
  const [shown, setShown] = useState<AuditItem | null>(null);
  const list = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      {
        action: isAuditAction(filters.action) ? filters.action : null,
        actor: filters.actor,
        target: filters.target,
        from: filters.from,
        // The day that is named belongs to the span.
        to: filters.to && new Date(filters.to.getTime() + DAY_MS - 1),
      },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const isFiltered = Object.values(filters).some((value) => value !== null);
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who changed what, when and from where. Nothing here can be altered: every line carries a hash of the one before it."
        actions={
          mayRead && (
            <>
              <a
                className={buttonStyles({ variant: "secondary" })}
                href={linkWith("/api/downloads/audit", { format: "ndjson", organization: organizationId })}
              >
                Export NDJSON
              </a>
              <a
                className={buttonStyles({ variant: "secondary" })}
                href={linkWith("/api/downloads/audit", { format: "csv", organization: organizationId })}
              >
                Export CSV
              </a>
            </>
          )
        }
      />
      {mayRead && (
        <>
          <VerifyCard />
          <AuditFilterBar filters={filters} setFilters={setFilters} isFiltered={isFiltered} />
        </>
      )}
      <Card className="overflow-hidden p-0">
        {list.isPending ? (
          <div aria-busy="true">
            <RowsSkeleton rows={6} />
          </div>
        ) : list.isError && rows.length === 0 ? (
          <QueryError error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState
            title={isFiltered ? "No change matches these filters" : "No changes yet"}
            description={
              isFiltered
                ? "Try another action, person or day."
                : "Keys, members, policies and orders leave a line here when somebody changes them."
            }
            action={
              isFiltered && (
                <Button variant="secondary" onClick={() => void setFilters(null)}>
                  Clear filters
                </Button>
              )
            }
          />
        ) : (
          <AuditRows rows={rows} onShow={setShown} />
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center">
          <Button
            variant="secondary"
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          >
            Load older changes
          </Button>
        </div>
      )}
      <ChangeDialog change={shown} onClose={() => setShown(null)} />
    </>
  );
}
