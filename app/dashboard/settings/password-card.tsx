"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field, Input, PasswordInput } from "@/app/_ui/field";
import { MutationError } from "../_parts/mutation-error";

/** Changing it ends every session, so the page goes on at the sign-in. */
export function PasswordCard({ email }: { readonly email: string }) {
  const trpc = useTRPC();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess: () => window.location.assign(`/sign-in?${new URLSearchParams({ reset: "done", email })}`),
    }),
  );
  const fields = change.error ? toApiError(change.error).fields : {};
  const isPlaced = Boolean(fields.current || fields.password);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ current, password });
  };
  return (
    <Card className="p-5">
      <form onSubmit={submit} className="grid gap-5" noValidate>
        <h2 className="font-medium text-lg">Password</h2>
        {/* For password managers, which file a password under its user name. */}
        <Input type="hidden" name="email" autoComplete="username" value={email} readOnly />
        <Field label="Current password" error={fields.current}>
          <PasswordInput
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <Field
          label="New password"
          hint="At least 10 characters. You are signed out everywhere and sign in again with it."
          error={fields.password}
        >
          <PasswordInput
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {!isPlaced && <MutationError error={change.error} />}
        <div>
          <Button type="submit" loading={change.isPending || change.isSuccess}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}
