"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsBoolean, parseAsString, useQueryState, useQueryStates } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Switch } from "@/app/_ui/switch";
import { useRemembered } from "@/app/_ui/use-remembered";
import { linkWith, REQUEST_FILTERS, toFilterInput } from "../_log/filters";
import { QueryError } from "../_parts/query-view";
import { RequestRows } from "../_parts/request-rows";
import { RowsSkeleton } from "../_parts/skeletons";
import { ExportDialog } from "./export-dialog";
import { RequestDrawer } from "./request-drawer";
import { RequestFilterBar } from "./request-filter-bar";
import { useRequestKeys } from "./use-request-keys";

const LIVE_MS = 2_000;
const REFRESH_MS = 4_000;

/** Filters live in the URL: a filtered list is a link. */
export function useRequestFilters() {
  return useQueryStates(REQUEST_FILTERS, { history: "replace" });
}

/** The list of a log that others write to: pages by keyset, and when it is live only the newest page, again and again. */
function useRequests(filters: Readonly<Record<string, string>>, isLive: boolean) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const options = trpc.requests.list.infiniteQueryOptions(filters, {
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
    // Else only while something is in flight is there news to wait for.
    refetchInterval: (query) =>
      isLive
        ? LIVE_MS
        : query.state.data?.pages[0]?.requests.some(({ outcome }) => outcome === "pending")
          ? REFRESH_MS
          : false,
  });
  const list = useInfiniteQuery(options);
  const keepNewest = () =>
    cache.setQueryData(
      options.queryKey,
      (known) => known && { pages: known.pages.slice(0, 1), pageParams: known.pageParams.slice(0, 1) },
    );
  return { list, keepNewest };
}

/** Every request, as it comes, with what it cost; one of them in a drawer. */
export function RequestsScreen() {
  const [filters, setFilters] = useRequestFilters();
  const [isLive, setLive] = useQueryState("live", parseAsBoolean.withDefault(false));
  const [openId, setOpenId] = useQueryState("request", parseAsString);
  const [isExporting, setExporting] = useState(false);
  const [keys, setKeys] = useRemembered("request-keys");
  const { list, keepNewest } = useRequests(toFilterInput(filters), isLive);
  const requests = list.data?.pages.flatMap((page) => page.requests) ?? [];
  const ids = requests.map(({ id }) => id);
  const open = (id: string | null) => void setOpenId(id, { history: id && !openId ? "push" : "replace" });
  useRequestKeys({ isOn: keys !== "off" && !isExporting, ids, openId, onOpen: open });
  const isFiltered = Object.values(filters).some((value) => value !== null);
  const { outcome: _outcome, search: _search, ...shared } = filters;
  return (
    <>
      <PageHeader
        title="Requests"
        description="Every admitted request, also those that failed and cost nothing. Prompts and answers are kept only if a policy says so."
        actions={
          <>
            <Switch
              label="Live"
              checked={isLive}
              onCheckedChange={(next) => {
                if (next) keepNewest();
                void setLive(next || null);
              }}
            />
            <ButtonLink variant="secondary" href={linkWith("/dashboard/usage", shared)}>
              Usage
            </ButtonLink>
            <Button variant="secondary" onClick={() => setExporting(true)}>
              Export
            </Button>
            {!isLive && (
              <Button variant="secondary" onClick={() => void list.refetch()} loading={list.isRefetching}>
                Refresh
              </Button>
            )}
          </>
        }
      />
      <RequestFilterBar filters={filters} setFilters={setFilters} isFiltered={isFiltered} />
      <Card className="overflow-hidden p-0">
        {list.isPending ? (
          <div aria-busy="true">
            <RowsSkeleton rows={8} />
          </div>
        ) : list.isError && requests.length === 0 ? (
          <QueryError error={list.error} onRetry={() => void list.refetch()} />
        ) : requests.length === 0 ? (
          <Nothing isFiltered={isFiltered} onClear={() => void setFilters(null)} />
        ) : (
          <RequestRows requests={requests} caption="Requests, newest first" onOpen={open} openId={openId} />
        )}
      </Card>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <KeysHint isOn={keys !== "off"} onChange={(isOn) => setKeys(isOn ? "on" : "off")} />
        {list.hasNextPage && (
          <Button
            variant="secondary"
            onClick={() => {
              void setLive(null);
              void list.fetchNextPage();
            }}
            loading={list.isFetchingNextPage}
          >
            Load older requests
          </Button>
        )}
      </div>
      <RequestDrawer id={openId} ids={ids} onOpen={open} />
      <ExportDialog open={isExporting} onClose={() => setExporting(false)} filters={toFilterInput(filters)} />
    </>
  );
}

/** Single letters can be turned off: whoever speaks to the computer would set them off by accident. */
function KeysHint({
  isOn,
  onChange,
}: {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <p className="hidden items-center gap-2 text-ink-2 text-sm md:flex">
      {isOn ? (
        <span>
          <kbd>J</kbd> and <kbd>K</kbd> move, <kbd>Enter</kbd> opens.
        </span>
      ) : (
        "Single-letter keys are off."
      )}
      <Button variant="ghost" size="sm" onClick={() => onChange(!isOn)}>
        {isOn ? "Turn keys off" : "Turn keys on"}
      </Button>
    </p>
  );
}

function Nothing({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState
        title="No request matches these filters"
        description="Try another model, key, outcome or day."
        action={
          <Button variant="secondary" onClick={onClear}>
            Clear filters
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title="No requests yet"
      description="The first one appears here the moment it is admitted, while it is still running."
      action={
        <ButtonLink variant="secondary" href="/dashboard/playground">
          Try a model
        </ButtonLink>
      }
    />
  );
}
