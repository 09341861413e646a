"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { FlaskConical } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { buttonStyles } from "@/app/_ui/button-styles";
import { Card } from "@/app/_ui/card";
import { Logo } from "@/app/_ui/logo";
import { Money } from "@/app/_ui/money";
import { Skeleton } from "@/app/_ui/skeleton";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { PACKS } from "@/server/billing/packs";
import type { AppRouter } from "@/server/trpc";

type Order = inferRouterOutputs<AppRouter>["billing"]["order"];

/** The stand-in for a payment provider: says loudly that no money moves, and can pay, decline or be left. */
export function CheckoutScreen({ orderId }: { readonly orderId: string }) {
  const trpc = useTRPC();
  const order = useQuery(trpc.billing.order.queryOptions({ orderId }));
  return (
    <main id="main" className="mx-auto grid min-h-dvh w-full max-w-md content-center gap-6 px-4 py-10">
      <Link
        href="/dashboard/billing"
        aria-label="DeepTokenInference, billing"
        className="mx-auto rounded-md py-1"
      >
        <Logo />
      </Link>
      <p className="flex items-center justify-center gap-2 rounded-lg border border-warning bg-warning-soft px-4 py-3 text-center font-medium text-warning">
        <FlaskConical className="size-4 shrink-0" />
        Sandbox payment: no real money
      </p>
      <Card className="p-6">
        <QueryView query={order} skeleton={<Skeleton className="h-64" />}>
          {(data) => (isOpen(data) ? <Payment order={data} /> : <Ended order={data} />)}
        </QueryView>
      </Card>
    </main>
  );
}

function isOpen({ status, paymentMethod }: Order): boolean {
  return paymentMethod === "sandbox" && (status === "created" || status === "pending");
}

function Payment({ order }: { readonly order: Order }) {
  const trpc = useTRPC();
  const router = useRouter();
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries();
  // Where the reader lands says nothing about the payment; the page there asks the database.
  const onSuccess = () => router.push(`/dashboard/billing?order=${order.id}`);
  const pay = useMutation(trpc.billing.paySandbox.mutationOptions({ onSuccess, onSettled }));
  const decline = useMutation(trpc.billing.declineSandbox.mutationOptions({ onSuccess, onSettled }));
  const cancel = useMutation(trpc.billing.cancelSandbox.mutationOptions({ onSuccess, onSettled }));
  const all = [pay, decline, cancel];
  // Also after success: the next page is on its way, and a second click has nothing to do.
  const isBusy = all.some((mutation) => mutation.isPending || mutation.isSuccess);
  const failed = all.find((mutation) => mutation.isError);
  const input = { orderId: order.id };
  return (
    <div className="grid gap-6">
      <div>
        <h1 className="text-ink-2">Top up: {packName(order.pack)}</h1>
        <p className="text-4xl tabular-nums">
          <Money nanoUsd={order.amountNanoUsd} precision="cents" />
        </p>
        <p className="mt-2 break-all font-mono text-ink-2 text-xs">{order.id}</p>
      </div>
      {failed && (
        <p role="alert" className="text-negative">
          {toApiError(failed.error).message}
        </p>
      )}
      <div className="grid gap-2">
        <Button size="lg" loading={pay.isPending} disabled={isBusy} onClick={() => pay.mutate(input)}>
          <span>
            Pay <Money nanoUsd={order.amountNanoUsd} precision="cents" />
          </span>
        </Button>
        <Button
          variant="secondary"
          loading={decline.isPending}
          disabled={isBusy}
          onClick={() => decline.mutate(input)}
        >
          Decline the card
        </Button>
        <Button
          variant="ghost"
          loading={cancel.isPending}
          disabled={isBusy}
          onClick={() => cancel.mutate(input)}
        >
          Cancel and go back
        </Button>
      </div>
    </div>
  );
}

const ENDED_TEXT: Readonly<Record<Order["status"], string>> = {
  awaiting_approval: "This order waits for an owner or an admin of your organization. Nothing was charged.",
  created: "This order is open.",
  pending: "This order is being confirmed.",
  paid: "This order is paid. Its amount was added to the balance once.",
  failed: "The card was declined. Nothing was charged.",
  canceled: "This order was canceled. Nothing was charged.",
  expired: "This order was not paid within a day and has expired. Nothing was charged.",
  in_review: "This order is in review. It is paid by invoice.",
  approved: "This order was approved. It is paid by invoice.",
  rejected: "This order was rejected. Nothing was charged.",
  partially_refunded: "This order was paid, and a part of it was refunded.",
  refunded: "This order was paid and refunded.",
  disputed: "This order was paid, and its payment is disputed.",
};

function Ended({ order }: { readonly order: Order }) {
  return (
    <div className="grid justify-items-start gap-4">
      <h1 className="font-medium text-lg">
        <Money nanoUsd={order.amountNanoUsd} precision="cents" /> top-up
      </h1>
      <p className="text-ink-2">{ENDED_TEXT[order.status]}</p>
      <Link href="/dashboard/billing" className={buttonStyles({ variant: "primary" })}>
        Back to billing
      </Link>
    </div>
  );
}

function packName(slug: string): string {
  return PACKS.find((pack) => pack.slug === slug)?.name ?? "Custom amount";
}
