"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Money } from "@/app/_ui/money";
import type { AppRouter } from "@/server/trpc";
import { useActor, useMay } from "../_parts/actor";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { Instant } from "../_parts/instant";

type Waiting = inferRouterOutputs<AppRouter>["billing"]["awaiting"]["orders"][number];
interface Asked {
  readonly order: Waiting;
  readonly isApproved: boolean;
}

/** Top-ups that wait for somebody of the organization. Nothing at all while none does. */
export function Approvals() {
  const trpc = useTRPC();
  const awaiting = useQuery(trpc.billing.awaiting.queryOptions(undefined, { refetchInterval: 30_000 }));
  const mayDecide = useMay("billing.approve");
  const isOwner = useActor().role === "owner";
  const [asked, setAsked] = useState<Asked | null>(null);
  const orders = awaiting.data?.orders ?? [];
  if (orders.length === 0) return null;
  const ownUserId = awaiting.data?.ownUserId;
  return (
    <section id="approvals" aria-labelledby="approvals-title" className="grid scroll-mt-20 gap-3">
      <h2 id="approvals-title" className="font-medium text-lg">
        Top-ups that wait for approval
      </h2>
      <Card className="p-0">
        <ul className="divide-y divide-line" aria-label="Top-ups that wait for approval">
          {orders.map((order) => (
            <li key={order.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
              <div className="min-w-0">
                <p className="font-medium">
                  <Money nanoUsd={order.amountNanoUsd} precision="cents" />
                </p>
                <p className="wrap-anywhere text-ink-2 text-sm">
                  {order.askedBy.name} ({order.askedBy.email}), <Instant value={order.createdAt} />
                </p>
              </div>
              {mayDecide && (isOwner || order.askedBy.userId !== ownUserId) ? (
                <div className="flex gap-2">
                  <Button size="sm" onClick={() => setAsked({ order, isApproved: true })}>
                    Approve…
                  </Button>
                  <Button
                    size="sm"
                    variant="secondary"
                    onClick={() => setAsked({ order, isApproved: false })}
                  >
                    Decline…
                  </Button>
                </div>
              ) : (
                <p className="text-ink-2 text-sm">
                  {mayDecide ? "Another owner or admin decides." : "An owner or an admin decides."}
                </p>
              )}
            </li>
          ))}
        </ul>
      </Card>
      <DecisionDialog asked={asked} onClose={() => setAsked(null)} />
    </section>
  );
}

function DecisionDialog({ asked, onClose }: { readonly asked: Asked | null; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const decide = useMutation(
    trpc.billing.decide.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.billing.awaiting.queryKey() });
        void cache.invalidateQueries({ queryKey: trpc.billing.orders.pathKey() });
        onClose();
      },
    }),
  );
  const amount = asked && <Money nanoUsd={asked.order.amountNanoUsd} precision="cents" />;
  return (
    <ConfirmDialog
      open={asked !== null}
      onClose={() => {
        decide.reset();
        onClose();
      }}
      title={asked?.isApproved ? "Approve this top-up?" : "Decline this top-up?"}
      confirm={asked?.isApproved ? "Approve" : "Decline"}
      tone={asked?.isApproved ? "primary" : "danger"}
      isPending={decide.isPending}
      error={decide.error}
      onConfirm={() => asked && decide.mutate({ orderId: asked.order.id, isApproved: asked.isApproved })}
    >
      {asked && (
        <p>
          {asked.isApproved ? (
            <>
              {asked.order.askedBy.name} can then pay {amount} within a day. You pay nothing now.
            </>
          ) : (
            <>
              The order of {asked.order.askedBy.name} over {amount} is canceled. They can ask again.
            </>
          )}
        </p>
      )}
    </ConfirmDialog>
  );
}
