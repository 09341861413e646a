"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Field, Input } from "@/app/_ui/field";
import { emailForm } from "@/server/auth/forms";
import { AccountCard } from "../_parts/account-card";
import { CheckYourMail } from "../_parts/check-your-mail";
import { FormError } from "../_parts/form-error";
import { TextLink } from "../_parts/text-link";

export function ForgotPasswordForm() {
  const trpc = useTRPC();
  const request = useMutation(trpc.account.requestPasswordReset.mutationOptions());
  const { register, handleSubmit, formState } = useForm<{ email: string }>({
    resolver: zodResolver(emailForm),
    defaultValues: { email: "" },
  });
  const footer = <TextLink href="/sign-in">Back to sign in</TextLink>;
  if (request.isSuccess) {
    return (
      <CheckYourMail email={request.variables.email} footer={footer}>
        If there is an account, the mail has a link to choose a new password. It works once, for an hour.
      </CheckYourMail>
    );
  }
  return (
    <AccountCard
      title="Forgot your password?"
      lead="Enter your address and we will send you a link to choose a new one."
      footer={footer}
    >
      <form className="grid gap-5" noValidate onSubmit={handleSubmit((fields) => request.mutate(fields))}>
        <Field label="E-mail address" error={formState.errors.email?.message}>
          <Input type="email" autoComplete="username" inputMode="email" {...register("email")} />
        </Field>
        <FormError message={request.error && toApiError(request.error).message} />
        <Button type="submit" size="lg" loading={request.isPending}>
          Send the link
        </Button>
      </form>
    </AccountCard>
  );
}
