"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/app/_ui/button";
import { Field, Input, PasswordInput } from "@/app/_ui/field";
import { confirmPasswordForm } from "@/server/auth/forms";
import { AccountCard } from "../_parts/account-card";
import { FormError } from "../_parts/form-error";
import { TextLink } from "../_parts/text-link";
import { confirmEmail } from "../session";

interface ConfirmFormProps {
  readonly token: string;
  readonly email: string;
  /** In the browser that signed up the link is enough; elsewhere the password has to prove who opened it. */
  readonly isSignUpBrowser: boolean;
  /** A path of our own, already judged. */
  readonly next: string;
}

export function ConfirmForm({ token, email, isSignUpBrowser, next }: ConfirmFormProps) {
  const confirm = useMutation({
    mutationFn: confirmEmail,
    onSuccess: (refusal) => {
      if (!refusal) window.location.assign(next);
    },
  });
  const refusal = confirm.data ?? null;
  const isBusy = confirm.isPending || (confirm.isSuccess && !refusal);
  const address = <strong className="break-all font-medium text-ink">{email}</strong>;
  const problem = refusal?.message ?? (confirm.error ? "Something went wrong. Please try again." : null);

  if (isSignUpBrowser) {
    return (
      <AccountCard title="Confirming your e-mail address" lead={<>Signing you in as {address}.</>}>
        <ConfirmAtOnce isIdle={confirm.isIdle} onConfirm={() => confirm.mutate({ token })} />
        <FormError message={problem} />
        <Button size="lg" loading={isBusy} onClick={() => confirm.mutate({ token })}>
          Confirm and continue
        </Button>
      </AccountCard>
    );
  }
  return (
    <AccountCard
      title="Confirm your e-mail address"
      lead={<>Enter the password you chose for {address} to confirm it and sign in.</>}
      footer={
        <>
          Not your sign-up, or forgot it? <TextLink href="/forgot-password">Choose a new password</TextLink>
        </>
      }
    >
      <PasswordForm
        email={email}
        problem={problem}
        isBusy={isBusy}
        onSubmit={(password) => confirm.mutate({ token, password })}
      />
    </AccountCard>
  );
}

/** No click needed here: this browser already proved itself with its cookie. Once, also when React mounts twice. */
function ConfirmAtOnce({ isIdle, onConfirm }: { isIdle: boolean; onConfirm: () => void }) {
  const hasStarted = useRef(false);
  useEffect(() => {
    if (!isIdle || hasStarted.current) return;
    hasStarted.current = true;
    onConfirm();
  });
  return null;
}

interface PasswordFormProps {
  readonly email: string;
  readonly problem: string | null;
  readonly isBusy: boolean;
  readonly onSubmit: (password: string) => void;
}

function PasswordForm({ email, problem, isBusy, onSubmit }: PasswordFormProps) {
  const { register, handleSubmit, formState } = useForm<{ password: string }>({
    resolver: zodResolver(confirmPasswordForm),
    defaultValues: { password: "" },
  });
  return (
    <form
      className="grid gap-5"
      noValidate
      onSubmit={handleSubmit(({ password }) => {
        onSubmit(password);
      })}
    >
      {/* For password managers, which file a password under its user name. */}
      <Input type="hidden" name="email" autoComplete="username" value={email} readOnly />
      <Field label="Password" error={formState.errors.password?.message}>
        <PasswordInput autoComplete="current-password" {...register("password")} />
      </Field>
      <FormError message={problem} />
      <Button type="submit" size="lg" loading={isBusy}>
        Confirm and sign in
      </Button>
    </form>
  );
}
