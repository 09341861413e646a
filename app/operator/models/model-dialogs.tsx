"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/app/_trpc/client";
import { FormDialog } from "../_parts/form-dialog";
import { useAct } from "../_parts/use-act";

const toCount = (text: string | undefined) => Number((text ?? "").trim() || Number.NaN);

/** Enters a text model that the catalogue does not have. */
export function ModelDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const after = useAct();
  const add = useMutation(trpc.operator.catalog.addModel.mutationOptions(after(onClose)));
  return (
    <FormDialog
      open={open}
      onClose={() => {
        add.reset();
        onClose();
      }}
      title="Add a model"
      fields={[
        { name: "slug", label: "Slug", hint: "What users name: author/name, in lower case." },
        { name: "name", label: "Name" },
        { name: "description", label: "Description", kind: "long" },
        { name: "contextLength", label: "Context, in tokens" },
        { name: "maxOutputTokens", label: "Longest answer, in tokens", hint: "Optional." },
      ]}
      submit="Add the model"
      isPending={add.isPending}
      error={add.error}
      onSubmit={({ slug = "", name = "", description = "", contextLength, maxOutputTokens }) =>
        add.mutate({
          slug,
          name: name || slug,
          description,
          contextLength: toCount(contextLength),
          maxOutputTokens: maxOutputTokens?.trim() ? toCount(maxOutputTokens) : null,
          inputModalities: ["text"],
        })
      }
    >
      <p>A model that answers with text. Others come with an import.</p>
    </FormDialog>
  );
}

/** Offers a model at a provider, and goes on to its price. */
export function EndpointDialog({
  model,
  onClose,
}: {
  readonly model: string | null;
  readonly onClose: () => void;
}) {
  const trpc = useTRPC();
  const after = useAct();
  const router = useRouter();
  const set = useMutation(
    trpc.operator.catalog.setEndpoint.mutationOptions({
      onSuccess: ({ id }) => {
        after(onClose).onSuccess();
        router.push(`/operator/models/${id}`);
      },
    }),
  );
  return (
    <FormDialog
      open={model !== null}
      onClose={() => {
        set.reset();
        onClose();
      }}
      title={`Offer ${model ?? ""} at a provider`}
      fields={[
        { name: "provider", label: "Provider", hint: "Its slug, as it is in the list of providers." },
        { name: "upstreamModel", label: "Name at the provider", hint: "What the provider calls the model." },
        {
          name: "priority",
          label: "Priority",
          initial: "100",
          hint: "Lower is tried first; equal ones are ordered by price.",
        },
      ]}
      submit="Offer it"
      isPending={set.isPending}
      error={set.error}
      onSubmit={({ provider = "", upstreamModel = "", priority }) =>
        model && set.mutate({ model, provider, upstreamModel, priority: toCount(priority) })
      }
    >
      <p>Nobody can call it there before its price is published by two operators.</p>
    </FormDialog>
  );
}
