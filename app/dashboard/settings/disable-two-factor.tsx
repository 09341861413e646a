"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { MutationError } from "../_parts/mutation-error";
import { NO_PROOF, ProofFields } from "./proof-fields";

/** Takes both the password and a code: a stolen session alone cannot. */
export function DisableTwoFactor({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const trpc = useTRPC();
  const [proof, setProof] = useState(NO_PROOF);
  const disable = useMutation(
    trpc.account.disableTwoFactor.mutationOptions({ onSuccess: () => window.location.reload() }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    disable.mutate(proof);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Turn two-factor sign-in off?"
      description="Your password alone opens the account again, and your recovery codes stop working."
    >
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <ProofFields proof={proof} onChange={setProof} />
        <MutationError error={disable.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Keep it on
          </Button>
          <Button type="submit" variant="danger" loading={disable.isPending}>
            Turn off
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
