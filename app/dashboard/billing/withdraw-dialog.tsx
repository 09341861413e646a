"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Money } from "@/app/_ui/money";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import type { Order } from "./orders";

interface WithdrawDialogProps {
  readonly order: Order | null;
  readonly onClose: () => void;
}

/** Asks before an order is taken back. */
export function WithdrawDialog({ order, onClose }: WithdrawDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const withdraw = useMutation(
    trpc.billing.withdraw.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.billing.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open={order !== null}
      onClose={() => {
        withdraw.reset();
        onClose();
      }}
      title="Withdraw this order?"
      confirm="Withdraw"
      cancel="Keep it"
      isPending={withdraw.isPending}
      error={withdraw.error}
      onConfirm={() => order && withdraw.mutate({ orderId: order.id })}
    >
      {order && (
        <p>
          The order of <Money nanoUsd={order.amountNanoUsd} precision="cents" /> is canceled and cannot be
          paid any more. Nothing was charged. You can order again at any time.
        </p>
      )}
    </ConfirmDialog>
  );
}
