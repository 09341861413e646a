"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { FormDialog } from "../_parts/form-dialog";
import type { Outputs } from "../_parts/outputs";
import { useAct } from "../_parts/use-act";
import type { ProviderItem } from "./providers-screen";

interface ProviderDialogProps {
  readonly open: boolean;
  /** The one to change; null for a new one. */
  readonly provider: ProviderItem | null;
  readonly kinds: Outputs["catalog"]["providers"]["kinds"] | readonly [];
  readonly profiles: readonly string[];
  readonly onClose: () => void;
}

const YES_NO = [
  { value: "", label: "Unknown (counts as yes)" },
  { value: "yes", label: "Yes" },
  { value: "no", label: "No" },
];

/** Enters a provider, or changes one. */
export function ProviderDialog({ open, provider, kinds, profiles, onClose }: ProviderDialogProps) {
  const trpc = useTRPC();
  const after = useAct();
  const save = useMutation(trpc.operator.catalog.setProvider.mutationOptions(after(onClose)));
  const trains = provider?.trainsOnPrompts;
  return (
    <FormDialog
      open={open}
      onClose={() => {
        save.reset();
        onClose();
      }}
      title={provider ? `Change ${provider.name}` : "Add a provider"}
      fields={[
        ...(provider
          ? []
          : [{ name: "slug", label: "Slug", hint: "Lower-case letters, digits, dots and dashes." }]),
        { name: "name", label: "Name", initial: provider?.name ?? "" },
        {
          name: "kind",
          label: "How it is called",
          kind: "select" as const,
          initial: provider?.kind ?? "openai-compatible",
          options: kinds.map((value) => ({ value, label: value })),
        },
        {
          name: "baseUrl",
          label: "Base URL",
          initial: provider?.baseUrl ?? "",
          hint: "Up to and with the version part. Another host needs a new key.",
        },
        {
          name: "profile",
          label: "Quirks",
          kind: "select" as const,
          initial: provider?.profile ?? "",
          options: [
            { value: "", label: "By its host" },
            ...profiles.map((value) => ({ value, label: value })),
          ],
        },
        {
          name: "apiKey",
          label: "API key",
          kind: "secret" as const,
          hint: "Empty: the keys stay as they are.",
        },
        {
          name: "trains",
          label: "Trains on prompts",
          kind: "select" as const,
          initial: trains == null ? "" : trains ? "yes" : "no",
          options: YES_NO,
        },
        {
          name: "retentionDays",
          label: "Keeps prompts for so many days",
          initial: provider?.retentionDays == null ? "" : String(provider.retentionDays),
          hint: "0 = keeps nothing; empty = unknown.",
        },
        {
          name: "regions",
          label: "Regions",
          initial: provider?.regions.join(", ") ?? "",
          hint: "Such as eu, us.",
        },
        {
          name: "isActive",
          label: "Requests may go there",
          kind: "check" as const,
          initial: provider?.status === "active" ? "yes" : "",
        },
      ]}
      submit={provider ? "Save" : "Add the provider"}
      isPending={save.isPending}
      error={save.error}
      onSubmit={(values) =>
        save.mutate({
          slug: provider?.slug ?? values.slug ?? "",
          name: values.name ?? "",
          kind: kinds.find((each) => each === values.kind) ?? "openai-compatible",
          baseUrl: values.baseUrl ?? "",
          profile: values.profile || null,
          trainsOnPrompts: values.trains ? values.trains === "yes" : null,
          retentionDays: values.retentionDays?.trim() ? Number(values.retentionDays) : null,
          regions: (values.regions ?? "").split(/[\s,]+/).filter(Boolean),
          isActive: values.isActive === "yes",
          ...(values.apiKey && { apiKey: values.apiKey }),
        })
      }
    >
      {provider?.isSimulated && <p>The simulator answers for it now. Once changed here it is a real one.</p>}
    </FormDialog>
  );
}

/** Gives a provider another key. */
export function CredentialDialog({
  provider,
  onClose,
}: {
  readonly provider: ProviderItem | null;
  readonly onClose: () => void;
}) {
  const trpc = useTRPC();
  const after = useAct();
  const add = useMutation(trpc.operator.catalog.addCredential.mutationOptions(after(onClose)));
  return (
    <FormDialog
      open={provider !== null}
      onClose={() => {
        add.reset();
        onClose();
      }}
      title={`Add a key of ${provider?.name ?? ""}`}
      fields={[
        { name: "label", label: "Label", hint: "What people call it, such as 2026-11." },
        {
          name: "apiKey",
          label: "API key",
          kind: "secret",
          hint: "Sealed when it is kept; never shown again.",
        },
      ]}
      submit="Add the key"
      isPending={add.isPending}
      error={add.error}
      onSubmit={({ label = "", apiKey = "" }) =>
        provider && add.mutate({ provider: provider.slug, label, apiKey })
      }
    >
      <p>
        Calls take turns among the keys. To replace one without a gap, add the new one, then take the old one
        out.
      </p>
    </FormDialog>
  );
}
