"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { FormDialog } from "../_parts/form-dialog";
import { useAct } from "../_parts/use-act";

/** The terms of a new code. */
export function CreateDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const after = useAct();
  const create = useMutation(trpc.operator.promotions.create.mutationOptions(after(onClose)));
  return (
    <FormDialog
      open={open}
      onClose={() => {
        create.reset();
        onClose();
      }}
      title="Create a code"
      fields={[
        { name: "code", label: "Code", hint: "Leave it empty for one that nobody guesses." },
        { name: "amountUsd", label: "Credit in US dollars", hint: "For each redemption." },
        {
          name: "creditDays",
          label: "Credit lasts for days",
          initial: "90",
          hint: "What is unspent ends then, counted from the redemption.",
        },
        { name: "maxRedemptions", label: "How often it can be redeemed", initial: "1" },
        { name: "lastDay", label: "Last day to redeem it", kind: "date", hint: "End of that day, UTC." },
        {
          name: "maxOrganizationAgeDays",
          label: "Only organizations younger than days",
          hint: "Leave it empty for every organization.",
        },
        { name: "note", label: "Note", kind: "long", hint: "For us: who it is meant for." },
      ]}
      submit="Create it"
      isPending={create.isPending}
      error={create.error}
      onSubmit={(values) =>
        create.mutate({
          code: values.code ?? "",
          amountUsd: values.amountUsd ?? "",
          creditDays: values.creditDays ?? "",
          maxRedemptions: values.maxRedemptions ?? "",
          lastDay: values.lastDay ?? "",
          maxOrganizationAgeDays: values.maxOrganizationAgeDays?.trim() ?? "",
          note: values.note ?? "",
        })
      }
    />
  );
}
