"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field } from "@/app/_ui/field";
import { Textarea } from "@/app/_ui/textarea";
import { type ReplyForm as ReplyFields, replyForm } from "@/server/support/forms";
import { MutationError } from "../_parts/mutation-error";

interface ReplyFormProps {
  readonly ticketId: string;
  readonly isClosed: boolean;
}

/** A further message; on a closed ticket it opens it again. */
export function ReplyForm({ ticketId, isClosed }: ReplyFormProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const form = useForm<ReplyFields>({ resolver: zodResolver(replyForm), defaultValues: { body: "" } });
  const reply = useMutation(
    trpc.support.reply.mutationOptions({
      onSuccess: () => {
        form.reset();
        void cache.invalidateQueries({ queryKey: trpc.support.pathKey() });
      },
    }),
  );
  const refused = reply.error ? toApiError(reply.error).fields : {};
  return (
    <Card className="p-4 sm:p-5">
      <form
        className="grid gap-4"
        noValidate
        onSubmit={form.handleSubmit(({ body }) => reply.mutate({ ticketId, body }))}
      >
        <Field
          label={isClosed ? "Open it again with a message" : "Reply"}
          error={form.formState.errors.body?.message ?? refused.body}
        >
          <Textarea rows={4} {...form.register("body")} />
        </Field>
        <MutationError error={Object.keys(refused).length === 0 ? reply.error : null} />
        <div>
          <Button type="submit" loading={reply.isPending}>
            Send
          </Button>
        </div>
      </form>
    </Card>
  );
}
