"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { useActor } from "../_parts/actor";
import { ConfirmDialog } from "../_parts/confirm-dialog";

interface TransferDialogProps {
  readonly member: { readonly id: string; readonly name: string; readonly email: string };
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Hands the ownership over; the one who does becomes an admin. */
export function TransferDialog({ member, open, onClose }: TransferDialogProps) {
  const trpc = useTRPC();
  const { organizationName } = useActor();
  const transfer = useMutation(
    trpc.members.transferOwnership.mutationOptions({ onSuccess: () => window.location.reload() }),
  );
  return (
    <ConfirmDialog
      open={open}
      onClose={() => {
        transfer.reset();
        onClose();
      }}
      title={`Make ${member.name} the owner?`}
      confirm="Transfer ownership"
      isPending={transfer.isPending}
      error={transfer.error}
      onConfirm={() => transfer.mutate({ memberId: member.id })}
    >
      <p>
        <span className="break-all text-ink">{member.email}</span> will own {organizationName} and you become
        an admin. Only the new owner can give it back.
      </p>
    </ConfirmDialog>
  );
}
