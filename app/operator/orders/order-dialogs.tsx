"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Money } from "@/app/_ui/money";
import { ConfirmDialog } from "@/app/dashboard/_parts/confirm-dialog";
import { FormDialog } from "../_parts/form-dialog";
import { useAct } from "../_parts/use-act";
import type { OrderAct, OrderItem } from "./orders-screen";

interface OrderDialogsProps {
  readonly asked: { readonly order: OrderItem; readonly act: OrderAct } | null;
  readonly onClose: () => void;
}

/** Asks before money moves: whose, how much, and what follows. */
export function OrderDialogs({ asked, onClose }: OrderDialogsProps) {
  const trpc = useTRPC();
  const after = useAct();
  const approve = useMutation(trpc.operator.money.approve.mutationOptions(after(onClose)));
  const reject = useMutation(trpc.operator.money.reject.mutationOptions(after(onClose)));
  const refund = useMutation(trpc.operator.money.refund.mutationOptions(after(onClose)));
  const order = asked?.order;
  const orderId = order?.id ?? "";
  const close = () => {
    for (const each of [approve, reject, refund]) each.reset();
    onClose();
  };
  const amount = order && <Money nanoUsd={order.amountNanoUsd} precision="cents" />;
  return (
    <>
      <ConfirmDialog
        open={asked?.act === "approve"}
        onClose={close}
        title={`Approve the order of ${order?.organizationName ?? ""}?`}
        confirm="Approve and send the invoice"
        tone="primary"
        isPending={approve.isPending}
        error={approve.error}
        onConfirm={() => approve.mutate({ orderId })}
      >
        <p>
          Stripe sends an invoice of {amount} to {order?.buyer}, due in 14 days. The balance is credited when
          it is paid.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asked?.act === "reject"}
        onClose={close}
        title={`Reject the order of ${order?.organizationName ?? ""}?`}
        confirm="Reject the order"
        isPending={reject.isPending}
        error={reject.error}
        onConfirm={() => reject.mutate({ orderId })}
      >
        <p>Nothing was charged. The buyer is told by mail. This cannot be undone; they may order again.</p>
      </ConfirmDialog>
      <FormDialog
        open={asked?.act === "refund"}
        onClose={close}
        title={`Refund the order of ${order?.organizationName ?? ""}`}
        fields={[
          {
            name: "amountUsd",
            label: "Amount in US dollars",
            hint: "Whole cents. Leave it empty for all that was not refunded yet.",
          },
          {
            name: "reason",
            label: "Reason",
            kind: "long",
            hint: "Kept with the refund and in the customer's trail.",
          },
        ]}
        submit="Refund"
        tone="danger"
        isPending={refund.isPending}
        error={refund.error}
        onSubmit={({ amountUsd, reason }) =>
          refund.mutate({ orderId, amountUsd: amountUsd?.trim() || null, reason: reason ?? "" })
        }
      >
        <p>
          The order was paid with {amount}. Unspent money is taken from the balance and sent back to the
          payer.
        </p>
      </FormDialog>
    </>
  );
}
