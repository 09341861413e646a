"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Instant } from "@/app/dashboard/_parts/instant";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton } from "@/app/dashboard/_parts/skeletons";
import type { Outputs } from "../../_parts/outputs";
import { PriceTable } from "../../_parts/price-table";
import { ProposeForm } from "./propose-form";

type Endpoint = Outputs["catalog"]["endpoint"];
type Version = NonNullable<Endpoint["inEffect"]>;

/** One endpoint: its price list in effect, those that are announced, and the next proposal. */
export function EndpointScreen({ endpointId }: { readonly endpointId: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.operator.catalog.endpoint.queryOptions({ endpointId }));
  const [isProposing, setProposing] = useState(false);
  const endpoint = found.data;
  return (
    <>
      <PageHeader
        title={endpoint ? `${endpoint.model} at ${endpoint.provider}` : "Endpoint"}
        description={
          endpoint &&
          `Known to the provider as ${endpoint.upstreamModel}. Priority ${endpoint.priority}, ${endpoint.contextLength.toLocaleString("en-US")} tokens of context.`
        }
        actions={
          endpoint && (
            <>
              {endpoint.status === "disabled" && <Badge tone="warning">Drained</Badge>}
              <ButtonLink variant="ghost" href={`/operator/health?q=${encodeURIComponent(endpoint.model)}`}>
                Health
              </ButtonLink>
              {!isProposing && <Button onClick={() => setProposing(true)}>Propose prices</Button>}
            </>
          )
        }
      />
      <QueryView
        query={found}
        skeleton={
          <Card className="p-0">
            <RowsSkeleton rows={4} />
          </Card>
        }
      >
        {(shown) => (
          <>
            {isProposing && <ProposeForm endpoint={shown} onClose={() => setProposing(false)} />}
            <Versions endpoint={shown} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Versions({ endpoint: { inEffect, announced } }: { readonly endpoint: Endpoint }) {
  if (!inEffect && announced.length === 0)
    return (
      <Card>
        <EmptyState
          title="No price, so nobody can call it"
          description="Propose a price list. Another operator publishes it."
        />
      </Card>
    );
  return (
    <>
      {inEffect && <VersionCard title="In effect" version={inEffect} />}
      {announced.map((version) => (
        <VersionCard key={version.id} title="Announced" version={version} />
      ))}
    </>
  );
}

function VersionCard({ title, version }: { readonly title: string; readonly version: Version }) {
  return (
    <section className="grid gap-3" aria-label={title}>
      <h2 className="font-semibold text-lg">{title}</h2>
      <Card className="overflow-hidden p-0">
        <p className="flex flex-wrap gap-x-4 gap-y-1 border-line border-b p-4 text-ink-2 text-sm">
          <span>
            Since <Instant value={version.effectiveFrom} isExact />
          </span>
          <span className="break-all">
            Read at {version.source} on {version.sourceDate}
          </span>
          <code className="break-all font-mono text-xs">{version.id}</code>
        </p>
        <PriceTable caption={`${title}: prices`} rows={version.prices} />
      </Card>
    </section>
  );
}
