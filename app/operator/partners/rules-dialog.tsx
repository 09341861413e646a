"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { FormDialog } from "../_parts/form-dialog";
import { useAct } from "../_parts/use-act";
import type { PartnerItem } from "./partners-screen";

interface RulesDialogProps {
  readonly row: PartnerItem | null;
  readonly onClose: () => void;
}

/** What a partner earns from now on. */
export function RulesDialog({ row, onClose }: RulesDialogProps) {
  const trpc = useTRPC();
  const after = useAct();
  const change = useMutation(trpc.operator.partners.change.mutationOptions(after(onClose)));
  return (
    <FormDialog
      open={row !== null}
      onClose={() => {
        change.reset();
        onClose();
      }}
      title={`Change the rules of ${row?.organizationName ?? ""}`}
      fields={[
        {
          name: "commissionPercent",
          label: "Commission in percent",
          initial: row ? String(row.commissionBasisPoints / 100) : "",
          hint: "0 to 50, of what a referred organization pays.",
        },
        {
          name: "commissionMonths",
          label: "For months",
          initial: row ? String(row.commissionMonths) : "",
          hint: "1 to 120, after each sign-up.",
        },
        {
          name: "holdDays",
          label: "Held for days",
          initial: row ? String(row.holdDays) : "",
          hint: "0 to 365, before it can be paid out.",
        },
        {
          name: "isActive",
          label: "The link earns commission",
          kind: "check",
          initial: row?.isActive ? "yes" : "",
        },
      ]}
      submit="Save"
      isPending={change.isPending}
      error={change.error}
      onSubmit={({ commissionPercent = "", commissionMonths = "", holdDays = "", isActive }) =>
        row &&
        change.mutate({
          ...{ organizationId: row.organizationId, commissionPercent, commissionMonths, holdDays },
          isActive: isActive === "yes",
        })
      }
    >
      <p>Counts for what is earned from now on. What was earned stays, with the hold that it had.</p>
    </FormDialog>
  );
}
