"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { MANAGEMENT_SCOPES, type ManagementScope } from "@/server/keys/scopes";
import { SecretOnce } from "../_parts/secret-once";

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Name and scopes; then the secret, once. */
export function CreateManagementKeyDialog({ open, onClose }: DialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setSecret(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      mustBeAnswered={secret !== null}
      title={secret === null ? "Create a management key" : "Copy your key now"}
    >
      {secret === null ? (
        <TermsForm onCancel={close} onCreated={setSecret} />
      ) : (
        <SecretOnce secret={secret} copyLabel="Copy key" onDone={close}>
          This is the only time the key is shown. We keep a hash of it; if it is lost, create another one.
        </SecretOnce>
      )}
    </Dialog>
  );
}

interface TermsFormProps {
  readonly onCancel: () => void;
  readonly onCreated: (secret: string) => void;
}

function TermsForm({ onCancel, onCreated }: TermsFormProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly ManagementScope[]>([]);
  const create = useMutation(
    trpc.managementKeys.create.mutationOptions({
      onSuccess: ({ secret }) => {
        void cache.invalidateQueries({ queryKey: trpc.managementKeys.pathKey() });
        onCreated(secret);
      },
    }),
  );
  const error = create.error ? toApiError(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, scopes: [...scopes] });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <HoldDialog />
      <Field label="Name" hint="Where the key will live, such as “terraform”." error={error?.fields.name}>
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={80}
          autoComplete="off"
          autoFocus
        />
      </Field>
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 font-medium text-sm">What it may do</legend>
        <div className="grid grid-cols-1 gap-1.5 sm:grid-cols-2">
          {MANAGEMENT_SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              label={<code className="font-mono text-sm">{scope}</code>}
              checked={scopes.includes(scope)}
              onCheckedChange={(on) =>
                setScopes(MANAGEMENT_SCOPES.filter((each) => (each === scope ? on : scopes.includes(each))))
              }
            />
          ))}
        </div>
        <p className="text-ink-2 text-sm">
          <code className="font-mono">write</code> does not include <code className="font-mono">read</code>.
          With <code className="font-mono">members:write</code> a program can do what an admin can.
        </p>
      </fieldset>
      {error && !error.fields.name && (
        <p role="alert" className="text-negative">
          {error.message}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" disabled={create.isPending} onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending}>
          Create key
        </Button>
      </div>
    </form>
  );
}
