"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { MutationError } from "../_parts/mutation-error";
import { EMPTY_OPTIONS, KeyOptions, toKeyInput } from "./key-options";
import { SecretStep } from "./secret-step";

interface CreateKeyDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The secret, for as long as this page lives: the snippets below are filled with it. */
  readonly onCreated?: (secret: string) => void;
  readonly suggestedName?: string;
}

/** Two steps in one dialog: name the key; then see its secret, once. The second step ends only by saying so. */
export function CreateKeyDialog({ open, onOpenChange, onCreated, suggestedName = "" }: CreateKeyDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setSecret(null);
    onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      // Esc and a click beside the dialog must not lose a secret that nobody has copied.
      mustBeAnswered={secret !== null}
      title={secret === null ? "Create an API key" : "Copy your key now"}
    >
      {secret === null ? (
        <NameStep
          suggestedName={suggestedName}
          onCancel={close}
          onCreated={(made) => {
            setSecret(made);
            onCreated?.(made);
          }}
        />
      ) : (
        <SecretStep secret={secret} onDone={close} />
      )}
    </Dialog>
  );
}

interface NameStepProps {
  readonly suggestedName: string;
  readonly onCancel: () => void;
  readonly onCreated: (secret: string) => void;
}

function NameStep({ suggestedName, onCancel, onCreated }: NameStepProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [name, setName] = useState(suggestedName);
  const [options, setOptions] = useState(EMPTY_OPTIONS);
  const create = useMutation(
    trpc.keys.create.mutationOptions({
      onSuccess: ({ secret }) => {
        void cache.invalidateQueries({ queryKey: trpc.keys.pathKey() });
        void cache.invalidateQueries({ queryKey: trpc.overview.summary.queryKey() });
        onCreated(secret);
      },
    }),
  );
  const error = create.error ? toApiError(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, ...toKeyInput(options) });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <HoldDialog />
      <Field
        label="Name"
        hint="Where the key will live, such as “staging server”. Only your organization sees it."
        error={error?.fields.name}
      >
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={80}
          autoComplete="off"
          autoFocus
        />
      </Field>
      <KeyOptions options={options} onChange={setOptions} />
      {!error?.fields.name && <MutationError error={create.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button type="button" variant="ghost" disabled={create.isPending} onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending}>
          Create key
        </Button>
      </div>
    </form>
  );
}
