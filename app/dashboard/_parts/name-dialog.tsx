"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { toApiError } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";

interface NameDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly hint: ReactNode;
  readonly initial?: string;
  readonly submit: string;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onSubmit: (name: string) => void;
}

/** Asks for one name: of a team, a project, a service account. */
export function NameDialog({ open, onClose, title, ...form }: NameDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title={title}>
      <NameForm {...form} onClose={onClose} />
    </Dialog>
  );
}

/** Mounted with the dialog, so that it starts with the name as it is now. */
function NameForm({
  hint,
  initial = "",
  submit,
  isPending,
  error,
  onSubmit,
  onClose,
}: Omit<NameDialogProps, "open" | "title">) {
  const [name, setName] = useState(initial);
  const known = error ? toApiError(error) : null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(name);
  };
  return (
    <form onSubmit={send} className="grid gap-5" noValidate>
      <Field label="Name" hint={hint} error={known?.fields.name ?? known?.message}>
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={80}
          autoComplete="off"
          autoFocus
        />
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
