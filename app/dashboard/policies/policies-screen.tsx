"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { PageHeader } from "@/app/_ui/page-header";
import { useMay } from "../_parts/actor";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { applyDraft, type Policy, type PolicyDraft, toDraft } from "./draft";
import { AccessSection, DataSection } from "./model-sections";
import { PolicyProblems } from "./policy-problems";
import { KeySection, MoneySection, PeopleSection } from "./team-sections";

/** What members and keys may do at most. Acts on the next request and the next click. */
export function PoliciesScreen() {
  const trpc = useTRPC();
  const policy = useQuery(trpc.organization.policy.queryOptions());
  const mayManage = useMay("policy.manage");
  return (
    <>
      <PageHeader
        title="Policies"
        description="What members and keys of this organization may do at most. A key can be narrowed further, never widened."
      />
      {!mayManage && (
        <Banner tone="info">Your role may read the policies. An owner or an admin can change them.</Banner>
      )}
      <QueryView
        query={policy}
        skeleton={
          <Card className="p-0">
            <RowsSkeleton rows={8} />
          </Card>
        }
      >
        {(current) => <PolicyForm initial={current} mayManage={mayManage} />}
      </QueryView>
    </>
  );
}

function PolicyForm({ initial, mayManage }: { readonly initial: Policy; readonly mayManage: boolean }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState<PolicyDraft>(() => toDraft(initial));
  const write = useMutation(
    trpc.organization.writePolicy.mutationOptions({
      onSuccess: (saved) => {
        cache.setQueryData(trpc.organization.policy.queryKey(), saved);
        setDraft(toDraft(saved));
      },
    }),
  );
  // The newest policy is asked for first: another screen may have written its part since this one was opened.
  const save = useMutation({
    mutationFn: async () => {
      const newest = await cache.fetchQuery({ ...trpc.organization.policy.queryOptions(), staleTime: 0 });
      return write.mutateAsync({ policy: applyDraft(newest, draft) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const set = (changed: Partial<PolicyDraft>) => {
    save.reset();
    setDraft((before) => ({ ...before, ...changed }));
  };
  const section = { draft, set, isReadOnly: !mayManage };
  return (
    <form onSubmit={submit} className="grid gap-6" noValidate>
      <AccessSection {...section} />
      <DataSection {...section} />
      <KeySection {...section} />
      <MoneySection {...section} />
      <PeopleSection {...section} />
      <PolicyProblems error={save.error} />
      {mayManage && (
        <div className="flex flex-wrap items-center gap-4">
          <Button type="submit" loading={save.isPending}>
            Save policies
          </Button>
          <p role="status" className="text-ink-2 text-sm empty:hidden">
            {save.isSuccess ? "Saved. It acts from the next request on." : null}
          </p>
        </div>
      )}
    </form>
  );
}
