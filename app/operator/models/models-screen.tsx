"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Menu, MenuItem } from "@/app/_ui/menu";
import { PageHeader } from "@/app/_ui/page-header";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { useAct } from "../_parts/use-act";
import { EndpointDialog, ModelDialog } from "./model-dialogs";

type ModelItem = Outputs["catalog"]["models"]["models"][number];
type Status = ModelItem["status"];

const STATUS = {
  active: { tone: "positive", label: "Offered" },
  deprecated: { tone: "warning", label: "Deprecated" },
  hidden: { tone: "neutral", label: "Hidden" },
} as const;

/** Every model with its endpoints, switched off or not. */
export function ModelsScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [text, search] = useSearch();
  const [isAdding, setAdding] = useState(false);
  const [offered, setOffered] = useState<string | null>(null);
  const found = useQuery(trpc.operator.catalog.models.queryOptions({ text }));
  const setStatus = useMutation(trpc.operator.catalog.setModelStatus.mutationOptions(after()));
  const models = found.data?.models ?? [];
  return (
    <>
      <PageHeader
        title="Models"
        description="A model with an endpoint whose price is published can be called. Prices are proposed at the endpoint."
        actions={<Button onClick={() => setAdding(true)}>Add a model</Button>}
      />
      <SearchField label="Model or provider" value={text} onSearch={(next) => void search(next)} />
      <MutationError error={setStatus.error} />
      <ListCard
        list={found}
        isEmpty={models.length === 0}
        empty={
          <EmptyState
            title={text ? "No model matches" : "The catalogue is empty"}
            description="Import a file, or add a model."
          />
        }
        skeletonRows={8}
      >
        <ul className="divide-y divide-line">
          {models.map((model) => (
            <ModelRow
              key={model.id}
              model={model}
              onStatus={(status) => setStatus.mutate({ modelId: model.id, status })}
              onOffer={() => setOffered(model.slug)}
            />
          ))}
        </ul>
      </ListCard>
      {found.data?.hasMore && (
        <p className="text-ink-2 text-sm">The first hundred are shown. Search for the others.</p>
      )}
      <ModelDialog open={isAdding} onClose={() => setAdding(false)} />
      <EndpointDialog model={offered} onClose={() => setOffered(null)} />
    </>
  );
}

interface ModelRowProps {
  readonly model: ModelItem;
  readonly onStatus: (status: Status) => void;
  readonly onOffer: () => void;
}

function ModelRow({ model, onStatus, onOffer }: ModelRowProps) {
  const { tone, label } = STATUS[model.status];
  const others = (Object.keys(STATUS) as Status[]).filter((status) => status !== model.status);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 flex-1 basis-72 gap-2">
        <p className="flex flex-wrap items-center gap-2">
          <span className="break-all font-medium">{model.slug}</span>
          <Badge tone={tone}>{label}</Badge>
          <span className="text-ink-2 text-sm">{model.contextLength.toLocaleString("en-US")} tokens</span>
        </p>
        {model.endpoints.length === 0 ? (
          <p className="text-ink-2 text-sm">No endpoint: nobody can call it.</p>
        ) : (
          <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {model.endpoints.map((endpoint) => (
              <li key={endpoint.id} className="flex items-center gap-1.5">
                <Link
                  href={`/operator/models/${endpoint.id}`}
                  className="break-all underline underline-offset-4"
                >
                  {endpoint.provider}
                </Link>
                {endpoint.isSimulated && <Badge>Simulated</Badge>}
                {(endpoint.status === "disabled" || endpoint.providerStatus === "disabled") && (
                  <Badge tone="warning">Off</Badge>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="flex gap-2">
        <Button
          variant="secondary"
          size="sm"
          onClick={onOffer}
          aria-label={`Offer ${model.slug} at a provider`}
        >
          Offer
        </Button>
        <Menu
          trigger={
            <Button variant="secondary" size="sm" aria-label={`Status of ${model.slug}`}>
              Status
            </Button>
          }
        >
          {others.map((status) => (
            <MenuItem key={status} onClick={() => onStatus(status)}>
              {STATUS[status].label}
            </MenuItem>
          ))}
        </Menu>
      </div>
    </li>
  );
}
