"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Select } from "@/app/_ui/select";
import { ConfirmDialog } from "../_parts/confirm-dialog";

interface RemoveMemberDialogProps {
  readonly member: { readonly id: string; readonly name: string; readonly email: string };
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Takes somebody out, after asking what becomes of the keys they made. */
export function RemoveMemberDialog({ member, open, onClose }: RemoveMemberDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [heir, setHeir] = useState("");
  const accounts = useQuery(trpc.organization.serviceAccounts.queryOptions(undefined, { enabled: open }));
  const remove = useMutation(
    trpc.members.remove.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries();
        onClose();
      },
    }),
  );
  const options = [
    { value: "", label: "Stop them at once" },
    ...(accounts.data ?? []).map(({ id, name }) => ({ value: id, label: `Move them to “${name}”` })),
  ];
  return (
    <ConfirmDialog
      open={open}
      onClose={() => {
        remove.reset();
        onClose();
      }}
      title={`Remove ${member.name}?`}
      confirm="Remove member"
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ memberId: member.id, keysToServiceAccountId: heir || null })}
    >
      <p>
        <span className="break-all text-ink">{member.email}</span> loses access to this organization at the
        next click. Their requests and changes stay in the logs.
      </p>
      <Select label="Keys they made" value={heir} options={options} onValueChange={setHeir} />
      <p className="text-sm">
        {heir
          ? "Programs that use these keys go on. Whoever has seen a secret can still use it: rotate the keys soon."
          : "Every program that uses one of these keys is refused from its next request on."}
      </p>
    </ConfirmDialog>
  );
}
