"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Field, Input } from "@/app/_ui/field";
import { AccountCard } from "../_parts/account-card";
import { FormError } from "../_parts/form-error";
import { TextLink } from "../_parts/text-link";
import { finishByCode } from "../session";

interface CodeFormProps {
  /** That the other service has vouched for the person; of use for five minutes, and only with a code. */
  readonly proof: string;
  readonly next: string;
}

/** The code after a sign-in through another service: it does not go around two-factor sign-in. */
export function CodeForm({ proof, next }: CodeFormProps) {
  const [code, setCode] = useState("");
  const attempt = useMutation({
    mutationFn: () => finishByCode({ proof, code }),
    onSuccess: (refusal) => !refusal && window.location.assign(next),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <AccountCard
      title="Enter your code"
      lead="Your account has two-factor sign-in."
      footer={<TextLink href="/sign-in">Begin again</TextLink>}
    >
      <form className="grid gap-5" noValidate onSubmit={submit}>
        <Field label="Code" hint="Six digits from your authenticator app, or one of your recovery codes.">
          <Input
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </Field>
        <FormError message={attempt.data?.message} />
        <Button type="submit" size="lg" loading={attempt.isPending || (attempt.isSuccess && !attempt.data)}>
          Sign in
        </Button>
      </form>
    </AccountCard>
  );
}
