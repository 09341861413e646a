"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { ConfirmDialog } from "@/app/dashboard/_parts/confirm-dialog";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { useAct } from "../_parts/use-act";
import { CredentialDialog, ProviderDialog } from "./provider-dialogs";

export type ProviderItem = Outputs["catalog"]["providers"]["providers"][number];
type Asked =
  | { readonly kind: "edit"; readonly provider: ProviderItem | null }
  | { readonly kind: "credential"; readonly provider: ProviderItem }
  | { readonly kind: "disable"; readonly provider: ProviderItem; readonly label: string };

/** Companies that answer requests, and our keys there. A key goes in and is never shown again. */
export function ProvidersScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const found = useQuery(trpc.operator.catalog.providers.queryOptions());
  const disable = useMutation(trpc.operator.catalog.disableCredential.mutationOptions(after(close)));
  const providers = found.data?.providers ?? [];
  const doomed = asked?.kind === "disable" ? asked : null;
  return (
    <>
      <PageHeader
        title="Providers"
        description="Companies that answer requests, and our keys there. Calls take turns among a provider's keys; keys are sealed and never shown again."
        actions={<Button onClick={() => setAsked({ kind: "edit", provider: null })}>Add a provider</Button>}
      />
      <ListCard
        list={found}
        isEmpty={providers.length === 0}
        empty={<EmptyState title="No provider yet" description="Add one, or import a file." />}
      >
        <ul className="divide-y divide-line">
          {providers.map((provider) => (
            <ProviderRow key={provider.id} provider={provider} onAsk={setAsked} />
          ))}
        </ul>
      </ListCard>
      <ProviderDialog
        open={asked?.kind === "edit"}
        provider={asked?.kind === "edit" ? asked.provider : null}
        kinds={found.data?.kinds ?? []}
        profiles={found.data?.profiles ?? []}
        onClose={close}
      />
      <CredentialDialog provider={asked?.kind === "credential" ? asked.provider : null} onClose={close} />
      <ConfirmDialog
        open={doomed !== null}
        onClose={() => {
          disable.reset();
          close();
        }}
        title={`Take “${doomed?.label ?? ""}” of ${doomed?.provider.name ?? ""} out of use?`}
        confirm="Take it out of use"
        isPending={disable.isPending}
        error={disable.error}
        onConfirm={() => doomed && disable.mutate({ provider: doomed.provider.slug, label: doomed.label })}
      >
        <p>
          New calls use the provider's other keys. Without another key, calls go there without one and will
          fail.
        </p>
      </ConfirmDialog>
    </>
  );
}

function ProviderRow({
  provider,
  onAsk,
}: {
  readonly provider: ProviderItem;
  readonly onAsk: (asked: Asked) => void;
}) {
  return (
    <li className="grid gap-3 p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{provider.name}</span>
            <Badge tone={provider.status === "active" ? "positive" : "neutral"}>
              {provider.status === "active" ? "On" : "Off"}
            </Badge>
            {provider.isSimulated && <Badge tone="warning">Simulated</Badge>}
          </p>
          <p className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2 text-sm">
            <code className="break-all font-mono text-xs">{provider.baseUrl}</code>
            <span>{provider.kind}</span>
            <span>
              {provider.endpoints} {provider.endpoints === 1 ? "endpoint" : "endpoints"}
            </span>
            <span>{dataPolicyWords(provider)}</span>
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            variant="secondary"
            size="sm"
            onClick={() => onAsk({ kind: "credential", provider })}
            aria-label={`Add a key of ${provider.name}`}
          >
            Add a key
          </Button>
          <Button
            variant="secondary"
            size="sm"
            onClick={() => onAsk({ kind: "edit", provider })}
            aria-label={`Change ${provider.name}`}
          >
            Change
          </Button>
        </div>
      </div>
      {provider.credentials.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {provider.credentials.map((credential) => (
            <li
              key={credential.id}
              className="flex items-center gap-2 rounded-md border border-line py-1 pr-1 pl-3 text-sm"
            >
              <span className={credential.state === "disabled" ? "text-ink-3 line-through" : ""}>
                {credential.label}
              </span>
              {credential.state === "active" ? (
                <Button
                  variant="ghost"
                  size="sm"
                  onClick={() => onAsk({ kind: "disable", provider, label: credential.label })}
                  aria-label={`Take the key ${credential.label} of ${provider.name} out of use`}
                >
                  Take out
                </Button>
              ) : (
                <Badge>Out of use</Badge>
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function dataPolicyWords({ trainsOnPrompts, retentionDays, regions }: ProviderItem): string {
  const training =
    trainsOnPrompts === null ? "training unknown" : trainsOnPrompts ? "trains on prompts" : "no training";
  const kept =
    retentionDays === null
      ? "retention unknown"
      : retentionDays === 0
        ? "keeps nothing"
        : `keeps ${retentionDays} days`;
  return [training, kept, regions.join(", ")].filter(Boolean).join(" · ");
}
