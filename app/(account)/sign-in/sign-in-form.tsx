"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { Button } from "@/app/_ui/button";
import { Field, Input, PasswordInput } from "@/app/_ui/field";
import { type SignInForm as SignInFields, signInForm } from "@/server/auth/forms";
import { AccountCard } from "../_parts/account-card";
import { FormError } from "../_parts/form-error";
import { type Provider, ProviderButtons } from "../_parts/provider-buttons";
import { SendAgain } from "../_parts/send-again";
import { TextLink } from "../_parts/text-link";
import { type SignInRefusal, signIn } from "../session";

interface SignInFormProps {
  /** A path of our own, already judged. */
  readonly next: string;
  readonly email: string;
  readonly notice: string | null;
  /** Why a sign-in through another service came back empty-handed. */
  readonly problem: string | null;
  readonly providers: readonly Provider[];
}

/** Guesses may have closed the account: its owner still gets in with a code. */
function asksForCode(refusal: SignInRefusal | null): boolean {
  if (!refusal) return false;
  const { reason } = refusal.metadata;
  return (
    reason === "two_factor_required" ||
    reason === "two_factor_wrong" ||
    refusal.code === "rate_limit_exceeded"
  );
}

export function SignInForm({ next, email, notice, problem, providers }: SignInFormProps) {
  const { register, handleSubmit, formState, setFocus } = useForm<SignInFields>({
    resolver: zodResolver(signInForm),
    defaultValues: { email, password: "" },
  });
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: (refusal) => {
      // A whole new page: nothing of an earlier user's answers is left in memory.
      if (!refusal) window.location.assign(next);
      else if (asksForCode(refusal)) setFocus("code");
      else if (refusal.code === "unauthenticated") setFocus("password");
    },
  });
  const refusal = attempt.data ?? null;
  const isUnconfirmed = refusal?.metadata.reason === "email_not_verified";
  // Stays once it is shown: the code is sent together with the password.
  const showsCode = attempt.variables?.code !== undefined || asksForCode(refusal);
  const isDone = attempt.isSuccess && !refusal;

  return (
    <AccountCard
      title="Sign in"
      lead={notice}
      footer={
        <>
          New here?{" "}
          <TextLink href={`/sign-up?${new URLSearchParams({ next, email })}`}>Create an account</TextLink>
        </>
      }
    >
      <FormError message={problem} />
      <ProviderButtons providers={providers} next={next} />
      <form className="grid gap-5" noValidate onSubmit={handleSubmit((fields) => attempt.mutate(fields))}>
        <Field label="E-mail address" error={formState.errors.email?.message}>
          <Input type="email" autoComplete="username" inputMode="email" {...register("email")} />
        </Field>
        <Field label="Password" error={formState.errors.password?.message}>
          <PasswordInput autoComplete="current-password" {...register("password")} />
        </Field>
        {showsCode && (
          <Field
            label="Code"
            hint="Six digits from your authenticator app, or one of your recovery codes."
            error={formState.errors.code?.message}
          >
            <Input inputMode="text" autoComplete="one-time-code" {...register("code")} />
          </Field>
        )}
        <FormError
          message={refusal?.message ?? (attempt.error && "Something went wrong. Please try again.")}
        />
        <Button type="submit" size="lg" loading={attempt.isPending || isDone}>
          Sign in
        </Button>
        <p className="text-center text-sm">
          <TextLink href="/forgot-password">Forgot your password?</TextLink>
        </p>
      </form>
      {isUnconfirmed && attempt.variables && <SendAgain email={attempt.variables.email} />}
    </AccountCard>
  );
}
