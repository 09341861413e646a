"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Select } from "@/app/_ui/select";
import { Instant } from "@/app/dashboard/_parts/instant";
import { ORDER_STATUS, ORDER_STATUSES } from "@/app/dashboard/billing/order-words";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { OrderDialogs } from "./order-dialogs";

export type OrderItem = Outputs["money"]["orders"]["orders"][number];
export type OrderAct = "approve" | "reject" | "refund";

const OPTIONS = [
  { value: "", label: "All orders" },
  ...ORDER_STATUSES.map((value) => ({ value, label: ORDER_STATUS[value].label })),
];

/** Orders of everybody: those in review are decided here, paid ones refunded. */
export function OrdersScreen() {
  const trpc = useTRPC();
  const [text, search] = useSearch();
  const [status, setStatus] = useQueryState(
    "status",
    parseAsStringLiteral(ORDER_STATUSES).withOptions({ history: "replace" }),
  );
  const [asked, setAsked] = useState<{ readonly order: OrderItem; readonly act: OrderAct } | null>(null);
  const list = useInfiniteQuery(
    trpc.operator.money.orders.infiniteQueryOptions(
      { text, status },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const orders = list.data?.pages.flatMap((page) => page.orders) ?? [];
  return (
    <>
      <PageHeader
        title="Orders"
        description="Approving an order sends its invoice through Stripe; the balance is credited when it is paid. A refund is taken from the unspent balance first."
      />
      <div className="flex flex-wrap items-end gap-3">
        <SearchField
          label="Order, payment, organization or address"
          value={text}
          onSearch={(next) => void search(next)}
        />
        <Select
          label="Status"
          value={status ?? ""}
          options={OPTIONS}
          onValueChange={(next) => void setStatus(ORDER_STATUSES.find((each) => each === next) ?? null)}
          className="w-full sm:w-56"
        />
      </div>
      <ListCard
        list={list}
        isEmpty={orders.length === 0}
        empty={
          <EmptyState
            title={status === "in_review" ? "No order waits for review" : "No order matches"}
            description="Orders above the self-serve limit come here by themselves."
          />
        }
      >
        <ul className="divide-y divide-line">
          {orders.map((order) => (
            <OrderRow key={order.id} order={order} onAsk={(act) => setAsked({ order, act })} />
          ))}
        </ul>
      </ListCard>
      <OrderDialogs asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function OrderRow({ order, onAsk }: { readonly order: OrderItem; readonly onAsk: (act: OrderAct) => void }) {
  const { tone, label } = ORDER_STATUS[order.status];
  const mayRefund = order.paymentIntentId !== null && ["paid", "partially_refunded"].includes(order.status);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">
            <Money nanoUsd={order.amountNanoUsd} precision="cents" />
          </span>
          <Badge tone={tone}>{label}</Badge>
          <Link
            href={`/operator/organizations/${order.organizationId}`}
            className="underline underline-offset-4"
          >
            {order.organizationName}
          </Link>
        </p>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2 text-sm">
          <span className="break-all">{order.buyer}</span>
          <Instant value={order.createdAt} />
          <span>{order.paymentMethod}</span>
          {order.refundedNanoUsd > 0n && (
            <span>
              <Money nanoUsd={order.refundedNanoUsd} precision="cents" /> refunded
            </span>
          )}
        </p>
        <p className="flex items-center gap-1 text-ink-2">
          <code className="break-all font-mono text-xs">{order.id}</code>
          <CopyButton value={order.id} label="Copy order id" />
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {order.invoiceUrl && (
          <a
            href={order.invoiceUrl}
            target="_blank"
            rel="noreferrer"
            className="text-sm underline underline-offset-4"
          >
            Invoice<span className="sr-only"> (opens Stripe's page)</span>
          </a>
        )}
        {order.status === "in_review" && (
          <>
            <Button
              variant="secondary"
              size="sm"
              onClick={() => onAsk("reject")}
              aria-label={`Reject ${order.id}`}
            >
              Reject
            </Button>
            <Button size="sm" onClick={() => onAsk("approve")} aria-label={`Approve ${order.id}`}>
              Approve
            </Button>
          </>
        )}
        {/* Approved, and Stripe was away before the invoice was sent: approving again goes on where it stopped. */}
        {order.status === "approved" && order.invoiceUrl === null && (
          <Button size="sm" onClick={() => onAsk("approve")} aria-label={`Send the invoice of ${order.id}`}>
            Send the invoice
          </Button>
        )}
        {mayRefund && (
          <Button
            variant="secondary"
            size="sm"
            onClick={() => onAsk("refund")}
            aria-label={`Refund ${order.id}`}
          >
            Refund
          </Button>
        )}
      </div>
    </li>
  );
}
