"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { type FieldSpec, FormDialog } from "../_parts/form-dialog";
import { useAct } from "../_parts/use-act";
import { actOf } from "./commitment-row";
import type { CommitmentItem } from "./commitments-screen";

const REASON: FieldSpec = {
  name: "reason",
  label: "Reason",
  kind: "long",
  hint: "Stands in the organization's own trail, which its members can read.",
};
const AT_ONCE: FieldSpec = {
  name: "atOnce",
  label: "At once, without what was agreed for the rest of the year",
  kind: "check",
};

interface CancelDialogProps {
  readonly row: CommitmentItem | null;
  readonly onClose: () => void;
}

/** Asks before a commitment ends: whose, when, and what stays. */
export function CancelDialog({ row, onClose }: CancelDialogProps) {
  const trpc = useTRPC();
  const after = useAct();
  const cancel = useMutation(trpc.operator.commitments.cancel.mutationOptions(after(onClose)));
  const hasBegun = row !== null && row.startedAt !== null;
  return (
    <FormDialog
      open={row !== null}
      onClose={() => {
        cancel.reset();
        onClose();
      }}
      title={row ? `${actOf(row)} the ${nounOf(row)} of ${row.organizationName}?` : ""}
      fields={hasBegun ? [AT_ONCE, REASON] : [REASON]}
      submit={row ? `${actOf(row)} the ${nounOf(row)}` : ""}
      cancel="Keep it"
      tone="danger"
      isPending={cancel.isPending}
      error={cancel.error}
      onSubmit={({ atOnce, reason = "" }) =>
        row && cancel.mutate({ commitmentId: row.id, isImmediate: atOnce === "yes", reason })
      }
    >
      <p>{wordsOf(row)}</p>
    </FormDialog>
  );
}

function nounOf({ status }: CommitmentItem): string {
  return status === "quoted" ? "quote" : "commitment";
}

function wordsOf(row: CommitmentItem | null): string {
  if (row?.status === "quoted") return "It cannot be accepted any more. You may write another one.";
  if (!row?.startedAt) return "Its first invoice is void. Nothing was charged or credited.";
  return "It ends with its running year: the periods until then are still due, and it does not renew. What was credited stays.";
}
