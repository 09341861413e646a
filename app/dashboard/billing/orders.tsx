"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import type { AppRouter } from "@/server/trpc";
import { useMay } from "../_parts/actor";
import { Instant } from "../_parts/instant";
import { QueryError } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { isPayable, isWithdrawable, ORDER_STATUS, packName } from "./order-words";
import { useCheckout } from "./use-checkout";
import { WithdrawDialog } from "./withdraw-dialog";

export type Order = inferRouterOutputs<AppRouter>["billing"]["order"];

/** Every order of the organization, newest first. */
export function Orders() {
  const trpc = useTRPC();
  const list = useInfiniteQuery(
    trpc.billing.orders.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor }),
  );
  const [withdrawn, setWithdrawn] = useState<Order | null>(null);
  const orders = list.data?.pages.flatMap((page) => page.orders) ?? [];
  return (
    <section className="grid gap-3">
      <h2 className="font-medium text-lg">Orders</h2>
      <Card className="p-0">
        {list.isPending ? (
          <RowsSkeleton rows={3} />
        ) : list.isError && orders.length === 0 ? (
          <QueryError error={list.error} onRetry={() => void list.refetch()} />
        ) : orders.length === 0 ? (
          <EmptyState
            title="No orders yet"
            description="Your first top-up is listed here with its payment."
          />
        ) : (
          <ul className="divide-y divide-line">
            {orders.map((order) => (
              <OrderRow key={order.id} order={order} onWithdraw={() => setWithdrawn(order)} />
            ))}
          </ul>
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center">
          <Button
            variant="secondary"
            onClick={() => void list.fetchNextPage()}
            loading={list.isFetchingNextPage}
          >
            Load older orders
          </Button>
        </div>
      )}
      <WithdrawDialog order={withdrawn} onClose={() => setWithdrawn(null)} />
    </section>
  );
}

function OrderRow({ order, onWithdraw }: { readonly order: Order; readonly onWithdraw: () => void }) {
  const checkout = useCheckout();
  const mayWithdraw = useMay("billing.top_up") && isWithdrawable(order);
  const isOpen = isPayable(order);
  const { tone, label } = ORDER_STATUS[order.status];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
      <div className="min-w-0">
        <p className="flex items-center gap-2">
          <span className="font-medium">
            <Money nanoUsd={order.amountNanoUsd} precision="cents" />
          </span>
          <span className="text-ink-2">{packName(order.pack)}</span>
        </p>
        <p className="flex items-center gap-1 text-ink-2 text-sm">
          <code className="truncate font-mono text-xs">{order.id}</code>
          <CopyButton value={order.id} label="Copy order id" />
        </p>
        {checkout.error && (
          <p role="alert" className="text-negative text-sm">
            {toApiError(checkout.error).message}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span className="text-ink-2">
          <Instant value={order.paidAt ?? order.createdAt} />
        </span>
        {order.refundedNanoUsd > 0n && (
          <span className="text-ink-2">
            <Money nanoUsd={order.refundedNanoUsd} precision="cents" /> refunded
          </span>
        )}
        {order.invoiceUrl && <PageLink href={order.invoiceUrl} label="Invoice" />}
        {order.receiptUrl && <PageLink href={order.receiptUrl} label="Receipt" />}
        <Badge tone={tone}>{label}</Badge>
        {isOpen && order.paymentMethod === "sandbox" && (
          <Link href={`/checkout/${order.id}`} className="underline underline-offset-4">
            Continue
          </Link>
        )}
        {isOpen && order.paymentMethod === "card" && (
          <Button
            variant="secondary"
            size="sm"
            loading={checkout.isPending}
            onClick={() => checkout.open(order.id)}
          >
            Continue
          </Button>
        )}
        {mayWithdraw && (
          <Button variant="ghost" size="sm" onClick={onWithdraw} aria-label={`Withdraw ${order.id}`}>
            Withdraw
          </Button>
        )}
      </div>
    </li>
  );
}

/** A page of the payment provider. */
function PageLink({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="underline underline-offset-4">
      {label}
      <span className="sr-only"> (opens the payment provider's page)</span>
    </a>
  );
}
