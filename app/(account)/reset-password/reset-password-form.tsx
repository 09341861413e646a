"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Field, PasswordInput } from "@/app/_ui/field";
import { newPasswordForm } from "@/server/auth/forms";
import { AccountCard } from "../_parts/account-card";
import { FormError } from "../_parts/form-error";

export function ResetPasswordForm({ token }: { readonly token: string }) {
  const trpc = useTRPC();
  const change = useMutation(
    trpc.account.resetPassword.mutationOptions({
      onSuccess: ({ email }) =>
        window.location.assign(`/sign-in?reset=done&email=${encodeURIComponent(email)}`),
    }),
  );
  const { register, handleSubmit, formState } = useForm<{ password: string }>({
    resolver: zodResolver(newPasswordForm),
    defaultValues: { password: "" },
  });
  const refusal = change.error ? toApiError(change.error) : null;
  return (
    <AccountCard title="Choose a new password" lead="You will be signed out everywhere else.">
      <form
        className="grid gap-5"
        noValidate
        onSubmit={handleSubmit(({ password }) => {
          change.mutate({ token, password });
        })}
      >
        <Field
          label="New password"
          hint="At least 10 characters. A few words are better than a short riddle."
          error={formState.errors.password?.message ?? refusal?.fields.password}
        >
          <PasswordInput autoComplete="new-password" {...register("password")} />
        </Field>
        <FormError message={refusal && !refusal.fields.password ? refusal.message : null} />
        <Button type="submit" size="lg" loading={change.isPending || change.isSuccess}>
          Change password
        </Button>
      </form>
    </AccountCard>
  );
}
