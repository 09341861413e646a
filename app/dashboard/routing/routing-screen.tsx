"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useTRPC } from "@/app/_trpc/client";
import { PageHeader } from "@/app/_ui/page-header";
import { Select } from "@/app/_ui/select";
import { QueryView } from "../_parts/query-view";
import { PanelsSkeleton } from "../_parts/skeletons";
import { PolicyEditor } from "./policy-editor";

const WHOLE = "organization";

/** Which models and providers may answer, in which order, and where a request would go. */
export function RoutingScreen() {
  const trpc = useTRPC();
  const [keyId, setKeyId] = useQueryState("key", parseAsString);
  const keys = useQuery(trpc.keys.list.queryOptions());
  const policy = useQuery(trpc.routing.policy.queryOptions({ keyId }));
  const scopes = [
    { value: WHOLE, label: "Whole organization" },
    ...(keys.data ?? [])
      .filter(({ status, id }) => status === "active" || id === keyId)
      .map(({ id, name, secretTail }) => ({ value: id, label: `Key ${name} (…${secretTail})` })),
  ];
  return (
    <>
      <PageHeader
        title="Routing"
        description="Who may answer your requests, and in which order. A key's policy narrows the organization's; a request's own wishes narrow both."
        actions={
          <Select
            label="Policy of"
            className="w-64 max-w-full"
            value={keyId ?? WHOLE}
            options={scopes}
            onValueChange={(value) => void setKeyId(value === WHOLE ? null : value)}
          />
        }
      />
      <QueryView query={policy} skeleton={<PanelsSkeleton />}>
        {(stored) => <PolicyEditor key={keyId ?? WHOLE} keyId={keyId} stored={stored} />}
      </QueryView>
    </>
  );
}
