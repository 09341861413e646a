"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input, PasswordInput } from "@/app/_ui/field";
import { MutationError } from "../_parts/mutation-error";
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
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const renew = useMutation(trpc.account.renewRecoveryCodes.mutationOptions());
  const codes = renew.data?.recoveryCodes;
  const close = () => {
    renew.reset();
    setPassword("");
    setCode("");
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    renew.mutate({ password, code });
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
          <Field label="Your password">
            <PasswordInput
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </Field>
          <Field label="Code" hint="From your authenticator app, or a recovery code.">
            <Input
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </Field>
          <MutationError error={renew.error} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button variant="ghost" onClick={close}>
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
