"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { isAllowed, rolesWith } from "@/server/organizations/permissions";
import { useActor } from "../_parts/actor";
import { DryRun } from "./dry-run";
import { FallbackFields, OrderFields, PromptFields, WhoFields } from "./policy-fields";
import { type FormErrors, type PolicyForm, type RoutingPolicy, toForm, toPolicy } from "./policy-form";

interface PolicyEditorProps {
  /** Null: the organization's policy. */
  readonly keyId: string | null;
  readonly stored: RoutingPolicy;
}

/** The policy as a form, beside where a request would go under what is typed. */
export function PolicyEditor({ keyId, stored }: PolicyEditorProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [form, setForm] = useState<PolicyForm>(() => toForm(stored));
  const [errors, setErrors] = useState<FormErrors>({});
  const read = toPolicy(form);
  const isChanged = read.errors !== null || JSON.stringify(read.policy) !== JSON.stringify(stored);
  const mayWrite = isAllowed(useActor().role, "policy.manage");
  const save = useMutation(
    trpc.routing.write.mutationOptions({
      onSuccess: (policy) => {
        cache.setQueryData(trpc.routing.policy.queryKey({ keyId }), policy);
        void cache.invalidateQueries({ queryKey: trpc.organization.policy.queryKey() });
        setForm(toForm(policy));
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setErrors(read.errors ?? {});
    if (read.errors === null) save.mutate({ keyId, routing: read.policy });
  };
  const parts = {
    form,
    errors,
    set: (change: Partial<PolicyForm>) => setForm((known) => ({ ...known, ...change })),
  };
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
      <form onSubmit={submit} className="grid gap-6" noValidate>
        {!mayWrite && (
          <Banner tone="info">
            Your role shows the policy and tries it out; {rolesWith("policy.manage").join(" and ")} can save
            it.
          </Banner>
        )}
        <WhoFields {...parts} />
        <PromptFields {...parts} />
        <OrderFields {...parts} />
        <FallbackFields {...parts} />
        {save.error && <Banner tone="negative">{toApiError(save.error).message}</Banner>}
        {save.isSuccess && !isChanged && (
          <Banner tone="info">Policy saved. It binds the next request.</Banner>
        )}
        {Object.keys(errors).length > 0 && (
          <Banner tone="negative">Some fields need another look; they say which.</Banner>
        )}
        <div className="flex flex-wrap items-center justify-end gap-2">
          {isChanged && (
            <Button
              type="button"
              variant="ghost"
              onClick={() => {
                setForm(toForm(stored));
                setErrors({});
              }}
            >
              Undo changes
            </Button>
          )}
          <Button type="submit" loading={save.isPending} disabled={!isChanged || !mayWrite}>
            Save policy
          </Button>
        </div>
      </form>
      <DryRun keyId={keyId} draft={read.errors === null && isChanged ? read.policy : null} />
    </div>
  );
}
