"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Field } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import { Textarea } from "@/app/_ui/textarea";
import { toLines } from "../_format/lines";

export interface KeyOptionValues {
  readonly projectId: string;
  readonly serviceAccountId: string;
  /** Days; "" for a key without an end. */
  readonly lifeDays: string;
  /** One per line. */
  readonly models: string;
  readonly providers: string;
  readonly addresses: string;
}

export const EMPTY_OPTIONS: KeyOptionValues = {
  projectId: "",
  serviceAccountId: "",
  lifeDays: "",
  models: "",
  providers: "",
  addresses: "",
};

const DAY_MS = 86_400_000;
const LIVES = [
  { value: "", label: "Never, or as the policy says" },
  { value: "1", label: "In 1 day" },
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** What was chosen, as the procedure takes it. Nothing chosen is nothing said. */
export function toKeyInput(options: KeyOptionValues) {
  const [models, providers, addresses] = [options.models, options.providers, options.addresses].map(toLines);
  const isRestricted = options.models.trim() || options.providers.trim() || options.addresses.trim();
  return {
    projectId: options.projectId || null,
    serviceAccountId: options.serviceAccountId || null,
    expiresAt: options.lifeDays === "" ? null : new Date(Date.now() + Number(options.lifeDays) * DAY_MS),
    policy: isRestricted
      ? {
          routing: {
            allowedModels: models?.length ? models : null,
            allowedProviders: providers?.length ? providers : null,
          },
          ipAllowlist: addresses ?? [],
        }
      : null,
  };
}

interface KeyOptionsProps {
  readonly options: KeyOptionValues;
  readonly onChange: (options: KeyOptionValues) => void;
}

/** Whose the key is and what it may do; folded away, because most keys need none of it. */
export function KeyOptions({ options, onChange }: KeyOptionsProps) {
  const trpc = useTRPC();
  const projects = useQuery(trpc.organization.projects.queryOptions());
  const accounts = useQuery(trpc.organization.serviceAccounts.queryOptions());
  const set = (changed: Partial<KeyOptionValues>) => onChange({ ...options, ...changed });
  const open = (projects.data ?? []).filter(({ archivedAt }) => archivedAt === null);
  return (
    <details className="group rounded-lg border border-line">
      <summary className="cursor-pointer rounded-lg px-4 py-3 font-medium text-sm hover:bg-hover">
        Project, owner, expiry and limits
      </summary>
      <div className="grid gap-4 border-line border-t p-4">
        <Select
          label="Project"
          value={options.projectId}
          options={[
            { value: "", label: "Default" },
            ...open.filter(({ isDefault }) => !isDefault).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onValueChange={(projectId) => set({ projectId })}
        />
        <Select
          label="Belongs to"
          value={options.serviceAccountId}
          options={[
            { value: "", label: "You: it stops when you leave" },
            ...(accounts.data ?? []).map(({ id, name }) => ({
              value: id,
              label: `Service account “${name}”`,
            })),
          ]}
          onValueChange={(serviceAccountId) => set({ serviceAccountId })}
        />
        <Select
          label="Expires"
          value={options.lifeDays}
          options={LIVES}
          onValueChange={(lifeDays) => set({ lifeDays })}
        />
        <Field
          label="Models"
          hint="One per line, such as openai/gpt-4.1 or openai/*. Empty: all that the policy allows."
        >
          <Textarea
            rows={2}
            value={options.models}
            onChange={(event) => set({ models: event.target.value })}
          />
        </Field>
        <Field label="Providers" hint="One per line, by their short name. Empty: all that the policy allows.">
          <Textarea
            rows={2}
            value={options.providers}
            onChange={(event) => set({ providers: event.target.value })}
          />
        </Field>
        <Field
          label="Addresses"
          hint="IP addresses or ranges, one per line, such as 192.0.2.0/24. Empty: everywhere."
        >
          <Textarea
            rows={2}
            value={options.addresses}
            onChange={(event) => set({ addresses: event.target.value })}
          />
        </Field>
      </div>
    </details>
  );
}
