"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { useCheckout } from "./use-checkout";

export interface TopUpChoice {
  readonly pack: string;
  readonly amountUsd?: string;
  /** Keep the card for later payments. */
  readonly savesCard?: boolean;
}

/**
 * Places an order and leads on to its checkout. One intention is one attempt key: a double click, or a try after a lost
 * answer, finds the same order. Another choice is another intention.
 * @param onWaiting told of an order that cannot be paid yet: we look at it, or the organization's own owner or admin does
 */
export function useTopUp(onWaiting: (orderId: string) => void) {
  const trpc = useTRPC();
  const router = useRouter();
  const attempt = useRef<{ choice: string; key: string } | null>(null);
  const mutation = useMutation(trpc.billing.createOrder.mutationOptions());
  const checkout = useCheckout();

  async function order(choice: TopUpChoice): Promise<void> {
    const text = JSON.stringify(choice);
    if (attempt.current?.choice !== text) attempt.current = { choice: text, key: newAttemptKey() };
    const placed = await mutation
      .mutateAsync({ ...choice, attemptKey: attempt.current.key })
      .catch(() => null);
    // The error is shown by the form; the attempt key is kept until a definite outcome.
    if (!placed) return;
    attempt.current = null;
    if (placed.status === "in_review" || placed.status === "awaiting_approval") onWaiting(placed.id);
    else if (placed.paymentMethod === "card") checkout.open(placed.id);
    else router.push(`/checkout/${placed.id}`);
  }

  return {
    order,
    isPending: mutation.isPending || checkout.isPending,
    error: mutation.error ?? checkout.error,
  };
}

/** 128 random bits. Not `randomUUID`: browsers keep that from pages without TLS, as on a local network. */
function newAttemptKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
