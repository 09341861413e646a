"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { MutationError } from "../_parts/mutation-error";
import { NO_PROOF, ProofFields } from "./proof-fields";
import { RecoveryCodes } from "./recovery-codes";

/** New codes in place of the old ones, which stop working at once. Shown once; Esc does not lose them. */
export function RenewRecoveryCodes({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const trpc = useTRPC();
  const [proof, setProof] = useState(NO_PROOF);
  const renew = useMutation(trpc.account.renewRecoveryCodes.mutationOptions());
  const codes = renew.data?.recoveryCodes;
  const close = () => {
    renew.reset();
    setProof(NO_PROOF);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    renew.mutate(proof);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      mustBeAnswered={codes !== undefined}
      title={codes ? "Keep your new recovery codes" : "Make new recovery codes?"}
      description={codes ? undefined : "The ones that you have stop working at once."}
    >
      {codes ? (
        <RecoveryCodes codes={codes} lead="Your earlier codes are worth nothing now." onDone={close} />
      ) : (
        <form onSubmit={submit} className="grid gap-5" noValidate>
          <HoldDialog />
          <ProofFields proof={proof} onChange={setProof} />
          <MutationError error={renew.error} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button variant="ghost" disabled={renew.isPending} onClick={close}>
              Keep the old ones
            </Button>
            <Button type="submit" loading={renew.isPending}>
              Make new codes
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
