"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Money } from "@/app/_ui/money";
import { Spinner } from "@/app/_ui/spinner";
import type { Order } from "./orders";

const ASK_AGAIN_MS = 2_000;
/** The card's papers come with events of their own, in any order; after this many looks they are for the next visit. */
const MOST_LOOKS = 30;

/** After the checkout: what became of the order, as the database says. The address alone proves nothing. */
export function OrderNotice({ orderId }: { readonly orderId: string }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [left] = useQueryState("left", parseAsString);
  const { data: order } = useQuery(
    trpc.billing.order.queryOptions(
      { orderId },
      {
        refetchInterval: ({ state: { data, dataUpdateCount } }) =>
          (isOpen(data?.status) && !left) || (lacksPapers(data) && dataUpdateCount < MOST_LOOKS)
            ? ASK_AGAIN_MS
            : false,
      },
    ),
  );
  const isPaid = order?.status === "paid";
  const arrived = isPaid ? `paid ${order.receiptUrl} ${order.invoiceUrl}` : null;
  // The payment arrives while the screen is open, and its papers after it: the balance and the list must not wait for their own turn.
  useEffect(() => {
    if (arrived === null) return;
    void cache.invalidateQueries({ queryKey: trpc.billing.summary.queryKey() });
    void cache.invalidateQueries({ queryKey: trpc.billing.orders.pathKey() });
  }, [arrived, cache, trpc]);
  if (!order) return null;
  const amount = <Money nanoUsd={order.amountNanoUsd} precision="cents" />;
  if (isPaid) {
    return (
      <p role="status" className="rounded-lg border border-positive bg-positive-soft px-4 py-3">
        {amount} was added to your balance.
      </p>
    );
  }
  if (isOpen(order.status) && order.paymentMethod === "card" && !isJustApproved(order)) {
    return (
      <p
        role="status"
        className="flex items-center gap-3 rounded-lg border border-line-strong bg-sunken px-4 py-3"
      >
        {left ? (
          "You left the checkout. Nothing was charged; the order below can be continued."
        ) : (
          <>
            <Spinner />
            <span>
              Confirming your payment of {amount}. It is added to the balance as soon as it arrives.
            </span>
          </>
        )}
      </p>
    );
  }
  if (order.status === "awaiting_approval" || isJustApproved(order)) {
    return (
      <p role="status" className="rounded-lg border border-line bg-sunken px-4 py-3">
        {order.status === "created" ? (
          <>Your top-up of {amount} was approved. Continue it in the list of orders below.</>
        ) : (
          <>Your top-up of {amount} waits for an owner or an admin.</>
        )}
      </p>
    );
  }
  if (order.status === "failed" || order.status === "canceled" || order.status === "expired") {
    return (
      <p role="status" className="rounded-lg border border-line bg-sunken px-4 py-3">
        {order.status === "failed" ? "The card was declined." : `The order was ${order.status}.`} Nothing was
        charged.
      </p>
    );
  }
  return null;
}

/** Approved by the buyer's organization, and its checkout was not opened yet. */
function isJustApproved(order: { readonly status: string; readonly decidedAt: Date | null }): boolean {
  return order.status === "created" && order.decidedAt !== null;
}

/** A card is charged with a receipt and an invoice. */
function lacksPapers(order: Order | undefined): boolean {
  return (
    order?.status === "paid" && order.paymentMethod === "card" && !(order.receiptUrl && order.invoiceUrl)
  );
}

function isOpen(status: string | undefined): boolean {
  return status === "created" || status === "pending";
}
