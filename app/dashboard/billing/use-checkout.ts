"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";

/** Leads on to the payment provider's page for an order, or for everything else that is kept there. */
export function useCheckout() {
  const trpc = useTRPC();
  const leave = { onSuccess: ({ url }: { readonly url: string }) => window.location.assign(url) };
  const checkout = useMutation(trpc.billing.checkout.mutationOptions(leave));
  const portal = useMutation(trpc.billing.portal.mutationOptions(leave));
  return {
    open: (orderId: string) => checkout.mutate({ orderId }),
    openPortal: () => portal.mutate(),
    // Also after success: the next page is on its way.
    isPending: checkout.isPending || checkout.isSuccess || portal.isPending || portal.isSuccess,
    error: checkout.error ?? portal.error,
  };
}
