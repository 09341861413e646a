"use client";

import { useMutation } from "@tanstack/react-query";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { FormError } from "./form-error";

/** Sends the confirmation link again. The answer is the same whether or not somebody waits for one. */
export function SendAgain({ email }: { readonly email: string }) {
  const trpc = useTRPC();
  const resend = useMutation(trpc.account.resendVerification.mutationOptions());
  return (
    <div className="grid gap-3">
      <Button variant="secondary" loading={resend.isPending} onClick={() => resend.mutate({ email })}>
        Send the link again
      </Button>
      <p role="status" className="text-ink-2 text-sm empty:hidden">
        {resend.isSuccess ? "Sent. Only the newest link works." : null}
      </p>
      <FormError message={resend.error && toApiError(resend.error).message} />
    </div>
  );
}
