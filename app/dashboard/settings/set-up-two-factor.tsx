"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input, PasswordInput } from "@/app/_ui/field";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { QrCode } from "./qr-code";
import { RecoveryCodes } from "./recovery-codes";

interface Begun {
  readonly secret: string;
  readonly uri: string;
}

/** Password, then the code on the phone, then the recovery codes, which cannot be lost by Esc. */
export function SetUpTwoFactor({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const close = () => {
    setBegun(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      mustBeAnswered={codes !== null}
      title={codes ? "Keep your recovery codes" : "Set up two-factor sign-in"}
    >
      {codes ? (
        <RecoveryCodes
          codes={codes}
          lead="Two-factor sign-in is on."
          onDone={() => window.location.reload()}
        />
      ) : begun ? (
        <CodeStep begun={begun} onDone={setCodes} />
      ) : (
        <PasswordStep onDone={setBegun} />
      )}
    </Dialog>
  );
}

function PasswordStep({ onDone }: { readonly onDone: (begun: Begun) => void }) {
  const trpc = useTRPC();
  const [password, setPassword] = useState("");
  const begin = useMutation(trpc.account.beginTwoFactor.mutationOptions({ onSuccess: onDone }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin.mutate({ password });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <Field
        label="Your password"
        hint="So that nobody else can do this in your browser."
        error={begin.error && toApiError(begin.error).message}
      >
        <PasswordInput
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" loading={begin.isPending}>
          Continue
        </Button>
      </div>
    </form>
  );
}

interface CodeStepProps {
  readonly begun: Begun;
  readonly onDone: (codes: readonly string[]) => void;
}

function CodeStep({ begun, onDone }: CodeStepProps) {
  const trpc = useTRPC();
  const [code, setCode] = useState("");
  const confirm = useMutation(
    trpc.account.confirmTwoFactor.mutationOptions({ onSuccess: (made) => onDone(made.recoveryCodes) }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate({ code });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <HoldDialog />
      <p className="text-ink-2">Scan this with your authenticator app, or type the key into it.</p>
      <QrCode text={begun.uri} label="QR code for your authenticator app; the key below says the same" />
      <div className="flex items-center gap-2">
        <code className="min-w-0 break-all font-mono text-sm">{begun.secret}</code>
        <CopyButton value={begun.secret} label="Copy the key" />
      </div>
      <Field
        label="Code"
        hint="The six digits that the app shows now."
        error={confirm.error && toApiError(confirm.error).message}
      >
        <Input
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" loading={confirm.isPending}>
          Turn on
        </Button>
      </div>
    </form>
  );
}
