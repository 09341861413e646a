"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Field, Input, PasswordInput } from "@/app/_ui/field";
import { type SignUpForm as SignUpFields, signUpForm } from "@/server/auth/forms";
import { AccountCard } from "../_parts/account-card";
import { CheckYourMail } from "../_parts/check-your-mail";
import { FormError } from "../_parts/form-error";
import { type Provider, ProviderButtons } from "../_parts/provider-buttons";
import { SendAgain } from "../_parts/send-again";
import { TextLink } from "../_parts/text-link";

interface SignUpFormProps {
  /** Where the link of the mail leads to in the end: a path of our own, already judged. */
  readonly next: string;
  readonly email: string;
  readonly providers: readonly Provider[];
}

export function SignUpForm({ next, email, providers }: SignUpFormProps) {
  const trpc = useTRPC();
  const signUp = useMutation(trpc.account.signUp.mutationOptions());
  const { register, handleSubmit, formState, reset } = useForm<SignUpFields>({
    resolver: zodResolver(signUpForm),
    defaultValues: { name: "", email, password: "", next },
  });
  const { errors } = formState;
  const refusal = signUp.error ? toApiError(signUp.error) : null;

  if (signUp.isSuccess) {
    const startOver = () => {
      reset();
      signUp.reset();
    };
    return (
      <CheckYourMail
        email={signUp.data.email}
        actions={
          <div className="grid gap-3">
            <SendAgain email={signUp.data.email} />
            <Button variant="ghost" onClick={startOver}>
              Use another address
            </Button>
          </div>
        }
      >
        Open the link in this browser to finish. It works once, for 24 hours.
      </CheckYourMail>
    );
  }
  return (
    <AccountCard
      title="Create your account"
      lead="One key for every model, paid from a balance you top up yourself."
      footer={
        <>
          Have an account?{" "}
          <TextLink href={`/sign-in?${new URLSearchParams({ next, email })}`}>Sign in</TextLink>
        </>
      }
    >
      <ProviderButtons providers={providers} next={next} />
      <form className="grid gap-5" noValidate onSubmit={handleSubmit((fields) => signUp.mutate(fields))}>
        <Field label="Name" error={errors.name?.message ?? refusal?.fields.name}>
          <Input autoComplete="name" {...register("name")} />
        </Field>
        <Field label="E-mail address" error={errors.email?.message ?? refusal?.fields.email}>
          <Input type="email" autoComplete="email" inputMode="email" {...register("email")} />
        </Field>
        <Field
          label="Password"
          hint="At least 10 characters. A few words are better than a short riddle."
          error={errors.password?.message ?? refusal?.fields.password}
        >
          <PasswordInput autoComplete="new-password" {...register("password")} />
        </Field>
        <FormError message={refusal && Object.keys(refusal.fields).length === 0 ? refusal.message : null} />
        <Button type="submit" size="lg" loading={signUp.isPending}>
          Create account
        </Button>
      </form>
    </AccountCard>
  );
}
