"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Field, Input } from "@/app/_ui/field";
import { emailForm } from "@/server/auth/forms";
import { FormError } from "../_parts/form-error";

export function NewLinkForm() {
  const trpc = useTRPC();
  const resend = useMutation(trpc.account.resendVerification.mutationOptions());
  const { register, handleSubmit, formState } = useForm<{ email: string }>({
    resolver: zodResolver(emailForm),
    defaultValues: { email: "" },
  });
  return (
    <form className="grid gap-5" noValidate onSubmit={handleSubmit((fields) => resend.mutate(fields))}>
      <Field label="E-mail address" error={formState.errors.email?.message}>
        <Input type="email" autoComplete="email" inputMode="email" {...register("email")} />
      </Field>
      <FormError message={resend.error && toApiError(resend.error).message} />
      <p role="status" className="text-ink-2 text-sm empty:hidden">
        {resend.isSuccess
          ? "If an account waits for this address to be confirmed, a new link is on its way."
          : null}
      </p>
      <Button type="submit" size="lg" loading={resend.isPending}>
        Send a new link
      </Button>
    </form>
  );
}
