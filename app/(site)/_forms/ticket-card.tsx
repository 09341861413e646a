import type { ReactNode } from "react";
import type { FieldErrors, UseFormRegisterReturn } from "react-hook-form";
import type { ApiError } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { FormErrorSummary } from "@/app/_ui/form-error-summary";
import { type KnownSender, SenderFields } from "./sender-fields";

interface TicketCardProps {
  readonly known: KnownSender | null;
  readonly name: UseFormRegisterReturn;
  readonly email: UseFormRegisterReturn;
  readonly errors: FieldErrors<{ name: string; email: string }>;
  /** What the server said to the last try; null when it said nothing. */
  readonly refusal: ApiError | null;
  readonly submit: string;
  readonly isPending: boolean;
  readonly onSubmit: () => void;
  /** What is asked for beside who writes. */
  readonly children: ReactNode;
}

/** A form of the site that becomes a ticket: who writes, what about, and what the server says to it. */
export function TicketCard({
  known,
  name,
  email,
  errors,
  refusal,
  submit,
  isPending,
  onSubmit,
  children,
}: TicketCardProps) {
  const refused = refusal?.fields ?? {};
  return (
    <Card className="p-5 sm:p-7">
      <form
        className="grid gap-5"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <FormErrorSummary
          message={refusal && Object.keys(refused).length === 0 ? refusal.message : null}
          requestId={refusal?.requestId}
        />
        <SenderFields known={known} name={name} email={email} errors={errors} refused={refused} />
        {children}
        <div>
          <Button type="submit" size="lg" loading={isPending}>
            {submit}
          </Button>
        </div>
      </form>
    </Card>
  );
}
