"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Field, Input } from "@/app/_ui/field";
import { formatMoney } from "@/app/_ui/format-money";
import { Textarea } from "@/app/_ui/textarea";
import { MIN_YEARLY_NANO_USD } from "@/server/billing/commitments/terms";
import { type ContactForm as ContactFields, contactForm } from "@/server/support/forms";
import type { KnownSender } from "../../_forms/sender-fields";
import { Sent } from "../../_forms/sent";
import { TicketCard } from "../../_forms/ticket-card";

const LEAST = formatMoney(MIN_YEARLY_NANO_USD, "whole").text;

/** Asks for a commitment. What it makes is a contact request that a person answers; nothing is agreed by sending it. */
export function ContactForm({ known }: { readonly known: KnownSender | null }) {
  const trpc = useTRPC();
  const send = useMutation(trpc.support.contact.mutationOptions());
  const { register, handleSubmit, formState } = useForm<ContactFields>({
    resolver: zodResolver(contactForm),
    defaultValues: {
      name: known?.name || known?.email || "",
      email: known?.email ?? "",
      company: "",
      yearlyAmountUsd: "",
      body: "",
    },
  });
  const { errors } = formState;
  const refusal = send.error ? toApiError(send.error) : null;
  const refused = refusal?.fields ?? {};
  if (send.isSuccess) {
    const { id, email } = send.data;
    return (
      <Sent title="We have your request" ticketId={id} email={email} isMember={known !== null}>
        A person reads it and answers with terms. Nothing is agreed or charged until you accept them.
      </Sent>
    );
  }
  return (
    <TicketCard
      known={known}
      name={register("name")}
      email={register("email")}
      errors={errors}
      refusal={refusal}
      submit="Ask for terms"
      isPending={send.isPending}
      onSubmit={handleSubmit((fields) => send.mutate(fields))}
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Company" error={errors.company?.message ?? refused.company}>
          <Input autoComplete="organization" {...register("company")} />
        </Field>
        <Field
          label="Spend a year, US dollars"
          hint={`Commitments begin at ${LEAST} a year. Leave it empty if you do not know yet.`}
          error={errors.yearlyAmountUsd?.message ?? refused.yearlyAmountUsd}
        >
          <Input
            inputMode="decimal"
            autoComplete="off"
            placeholder="60000"
            {...register("yearlyAmountUsd")}
          />
        </Field>
      </div>
      <Field
        label="What you run, and what you need"
        hint="Models, traffic, regions, data policy, invoicing."
        error={errors.body?.message ?? refused.body}
      >
        <Textarea rows={6} {...register("body")} />
      </Field>
    </TicketCard>
  );
}
