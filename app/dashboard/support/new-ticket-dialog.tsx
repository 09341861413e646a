"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Controller, useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import { Textarea } from "@/app/_ui/textarea";
import { type MemberTicketForm, memberTicketForm, SUPPORT_TOPICS } from "@/server/support/forms";
import { MutationError } from "../_parts/mutation-error";

const TOPICS = Object.entries(SUPPORT_TOPICS).map(([value, label]) => ({ value, label }));

interface NewTicketDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** A ticket of the organization; leads to it when it is written. */
export function NewTicketDialog({ open, onClose }: NewTicketDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const router = useRouter();
  const form = useForm<MemberTicketForm>({
    resolver: zodResolver(memberTicketForm),
    defaultValues: { topic: "api", subject: "", body: "" },
  });
  const write = useMutation(
    trpc.support.open.mutationOptions({
      onSuccess: ({ id }) => {
        void cache.invalidateQueries({ queryKey: trpc.support.pathKey() });
        router.push(`/dashboard/support/${id}`);
      },
    }),
  );
  const { errors } = form.formState;
  const refused = write.error ? toApiError(write.error).fields : {};
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        write.reset();
        onClose();
      }}
      title="Write to us"
      description="Everybody in the organization can read the ticket."
    >
      <form className="grid gap-5" noValidate onSubmit={form.handleSubmit((fields) => write.mutate(fields))}>
        <Controller
          control={form.control}
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
          <Input autoComplete="off" {...form.register("subject")} />
        </Field>
        <Field
          label="Message"
          hint="A request id (req_…) or generation id (gen_…) finds the call. Never send an API key."
          error={errors.body?.message ?? refused.body}
        >
          <Textarea rows={6} {...form.register("body")} />
        </Field>
        <MutationError error={Object.keys(refused).length === 0 ? write.error : null} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={write.isPending}>
            Send
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
