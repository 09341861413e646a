"use client";

import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { QueryError } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton } from "@/app/dashboard/_parts/skeletons";

interface ListCardProps {
  readonly list: {
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => unknown;
    readonly hasNextPage?: boolean;
    readonly isFetchingNextPage?: boolean;
    readonly fetchNextPage?: () => unknown;
  };
  readonly isEmpty: boolean;
  /** Why there is nothing, and what to do about it. */
  readonly empty: ReactNode;
  readonly skeletonRows?: number;
  readonly children: ReactNode;
}

/** The states of a list in one place, and the way to its older part. */
export function ListCard({ list, isEmpty, empty, skeletonRows = 5, children }: ListCardProps) {
  return (
    <>
      <Card className="overflow-hidden p-0">
        {list.isPending ? (
          <div aria-busy="true">
            <span className="sr-only" role="status">
              Loading
            </span>
            <RowsSkeleton rows={skeletonRows} />
          </div>
        ) : list.isError && isEmpty ? (
          <QueryError error={list.error} onRetry={() => void list.refetch()} />
        ) : isEmpty ? (
          empty
        ) : (
          children
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center">
          <Button
            variant="secondary"
            loading={list.isFetchingNextPage ?? false}
            onClick={() => void list.fetchNextPage?.()}
          >
            Load older ones
          </Button>
        </div>
      )}
    </>
  );
}
