"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";

export function ProfileCard({ name, email }: { readonly name: string; readonly email: string }) {
  const trpc = useTRPC();
  const [value, setValue] = useState(name);
  // The frame shows the name too, and is drawn by the server.
  const rename = useMutation(
    trpc.account.rename.mutationOptions({ onSuccess: () => window.location.reload() }),
  );
  const error = rename.error ? toApiError(rename.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate({ name: value });
  };
  return (
    <Card className="p-5">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <h2 className="font-medium text-lg">Profile</h2>
        <Field
          label="Name"
          hint="Other members and the audit trail show it."
          error={error?.fields.name ?? error?.message}
        >
          <Input value={value} onChange={(event) => setValue(event.target.value)} autoComplete="name" />
        </Field>
        <div className="grid gap-1">
          <p className="font-medium text-sm">E-mail address</p>
          <p className="break-all text-ink-2">{email}</p>
        </div>
        <div>
          <Button type="submit" loading={rename.isPending || rename.isSuccess} disabled={value === name}>
            Save name
          </Button>
        </div>
      </form>
    </Card>
  );
}
