"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";

/** What an order that was just placed waits for; nothing once it does not wait any more. */
export function WaitingNotice({ orderId }: { readonly orderId: string | null }) {
  const trpc = useTRPC();
  const { data: order } = useQuery(trpc.billing.order.queryOptions(orderId ? { orderId } : skipToken));
  if (order?.status !== "in_review" && order?.status !== "awaiting_approval") return null;
  return (
    <p role="status" className="text-positive">
      {order.status === "in_review"
        ? "Your order is in review. We answer by e-mail with an invoice; the balance grows when it is paid."
        : "Your order waits for an owner or an admin, who were told by e-mail. You hear from us when they have decided."}
    </p>
  );
}
