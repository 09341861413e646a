"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Field, Input } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import { Textarea } from "@/app/_ui/textarea";
import { SUPPORT_TOPICS, type TicketForm, ticketForm } from "@/server/support/forms";
import type { KnownSender } from "../../_forms/sender-fields";
import { Sent } from "../../_forms/sent";
import { TicketCard } from "../../_forms/ticket-card";

const TOPICS = Object.entries(SUPPORT_TOPICS).map(([value, label]) => ({ value, label }));

/** Writes a ticket, signed in or not. */
export function SupportForm({ known }: { readonly known: KnownSender | null }) {
  const trpc = useTRPC();
  const write = useMutation(trpc.support.write.mutationOptions());
  const { register, control, handleSubmit, formState } = useForm<TicketForm>({
    resolver: zodResolver(ticketForm),
    defaultValues: {
      name: known?.name || known?.email || "",
      email: known?.email ?? "",
      topic: "api",
      subject: "",
      body: "",
    },
  });
  const { errors } = formState;
  const refusal = write.error ? toApiError(write.error) : null;
  const refused = refusal?.fields ?? {};
  if (write.isSuccess) {
    const { id, email } = write.data;
    return (
      <Sent title="We have your message" ticketId={id} email={email} isMember={known !== null}>
        Thank you. A person reads it.
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
      submit="Send"
      isPending={write.isPending}
      onSubmit={handleSubmit((fields) => write.mutate(fields))}
    >
      <Controller
        control={control}
        name="topic"
        render={({ field }) => (
          <Select
            label="What is it about"
            value={field.value}
            options={TOPICS}
            onValueChange={field.onChange}
          />
        )}
      />
      <Field label="Subject" error={errors.subject?.message ?? refused.subject}>
        <Input autoComplete="off" {...register("subject")} />
      </Field>
      <Field
        label="Message"
        hint="A request id (req_…) or generation id (gen_…) finds the call in our logs. Never send an API key or a password."
        error={errors.body?.message ?? refused.body}
      >
        <Textarea rows={8} {...register("body")} />
      </Field>
    </TicketCard>
  );
}
