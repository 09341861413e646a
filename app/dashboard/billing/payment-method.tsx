"use client";

import { useQuery } from "@tanstack/react-query";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Skeleton } from "@/app/_ui/skeleton";
import { QueryView } from "../_parts/query-view";
import { useCheckout } from "./use-checkout";

/** The saved card, and the way to the payment provider's portal. */
export function PaymentMethod() {
  const trpc = useTRPC();
  const portal = useCheckout();
  const card = useQuery(trpc.billing.savedCard.queryOptions());
  return (
    <Card className="flex flex-wrap items-center justify-between gap-4 p-5 sm:p-6">
      <div className="grid gap-1">
        <h2 className="font-medium text-lg">Payment method</h2>
        <QueryView query={card} skeleton={<Skeleton className="h-6 w-64" />}>
          {(saved) => (
            <p className="text-ink-2">
              {saved
                ? `${saved.brand.toUpperCase()} ending in ${saved.last4}, expires ${saved.expires}.`
                : "No saved card. Save one with your next top-up to use auto-recharge."}
            </p>
          )}
        </QueryView>
        {portal.error && (
          <p role="alert" className="text-negative text-sm">
            {toApiError(portal.error).message}
          </p>
        )}
      </div>
      <Button variant="secondary" loading={portal.isPending} onClick={portal.openPortal}>
        Cards, invoices and tax id
      </Button>
    </Card>
  );
}
