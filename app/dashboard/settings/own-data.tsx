"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { buttonStyles } from "@/app/_ui/button-styles";
import { Card } from "@/app/_ui/card";
import { Meter } from "@/app/_ui/meter";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { DeleteAccount } from "./delete-account";

const ASK_AGAIN_MS = 1_000;

/** Taking one's data along, and taking the account away. */
export function OwnData({ hasPassword, hasTwoFactor }: { hasPassword: boolean; hasTwoFactor: boolean }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const exports = useQuery(
    trpc.ownData.exports.queryOptions(undefined, {
      refetchInterval: ({ state }) =>
        state.data?.some((each) => each.state === "running") ? ASK_AGAIN_MS : false,
    }),
  );
  const begin = useMutation(
    trpc.ownData.beginExport.mutationOptions({
      onSuccess: () => void cache.invalidateQueries({ queryKey: trpc.ownData.exports.queryKey() }),
    }),
  );
  return (
    <section className="grid gap-3" aria-labelledby="own-data">
      <h2 id="own-data" className="font-medium text-lg">
        Your data
      </h2>
      <Card className="grid gap-4 p-5">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <p className="max-w-prose text-ink-2 text-sm">
            One JSON file with your profile, memberships, sessions, keys, orders, what you did and the
            requests of your keys. It is kept for a week.
          </p>
          <Button variant="secondary" loading={begin.isPending} onClick={() => begin.mutate({})}>
            Export my data
          </Button>
        </div>
        <MutationError error={begin.error} />
        <QueryView query={exports} skeleton={<RowsSkeleton rows={1} />}>
          {(list) =>
            list.length === 0 ? null : (
              <ul className="divide-y divide-line" aria-label="Exports">
                {list.map((each) => (
                  <ExportRow key={each.id} item={each} />
                ))}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <Card className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-5">
        <p className="max-w-prose text-ink-2 text-sm">
          Deleting your account ends your sessions, revokes your keys and takes your name out. Orders and
          usage records stay in the books.
        </p>
        <Button variant="danger" onClick={() => setDeleting(true)}>
          Delete my account…
        </Button>
      </Card>
      <DeleteAccount
        open={isDeleting}
        onClose={() => setDeleting(false)}
        hasPassword={hasPassword}
        hasTwoFactor={hasTwoFactor}
      />
    </section>
  );
}

interface ExportRowProps {
  readonly item: {
    readonly id: string;
    readonly state: "running" | "ready" | "failed";
    readonly done: number;
    readonly total: number;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  };
}

function ExportRow({ item }: ExportRowProps) {
  if (item.state === "running")
    return (
      <li className="py-3">
        <Meter
          label="Making your export"
          share={item.done / Math.max(1, item.total)}
          text={`${Math.min(item.done, item.total)} of ${item.total} steps`}
        />
      </li>
    );
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 text-sm">
      <span>
        Made <Instant value={item.createdAt} />, kept until <Instant value={item.expiresAt} />
      </span>
      <a
        href={`/api/downloads/account?export=${item.id}`}
        download
        className={buttonStyles({ variant: "secondary", size: "sm" })}
      >
        Download JSON
      </a>
    </li>
  );
}
