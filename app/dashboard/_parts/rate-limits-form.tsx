"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Field, Input } from "@/app/_ui/field";
import { FormErrorSummary } from "@/app/_ui/form-error-summary";
import { Skeleton } from "@/app/_ui/skeleton";
import { QueryView } from "./query-view";

const FIELDS = [
  { name: "requestsPerMinute", label: "Requests a minute" },
  { name: "tokensPerMinute", label: "Tokens a minute" },
  { name: "maxConcurrent", label: "Requests at once" },
] as const;
type Name = (typeof FIELDS)[number]["name"];
type Limits = { readonly [name in Name]: number | null };

interface RateLimitsFormProps {
  /** Null: of the organization as a whole. */
  readonly keyId: string | null;
  readonly isReadOnly?: boolean;
  readonly onSaved?: () => void;
}

/** How fast a key or the organization may call. An empty field is the platform's own limit. */
export function RateLimitsForm({ keyId, isReadOnly = false, onSaved }: RateLimitsFormProps) {
  const trpc = useTRPC();
  const limits = useQuery(trpc.budgets.rateLimits.queryOptions({ keyId }));
  return (
    <QueryView query={limits} skeleton={<Skeleton className="h-40" />}>
      {(found) => <LimitsFields keyId={keyId} found={found} isReadOnly={isReadOnly} onSaved={onSaved} />}
    </QueryView>
  );
}

function LimitsFields({
  keyId,
  found,
  isReadOnly,
  onSaved,
}: RateLimitsFormProps & { readonly found: Limits }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [texts, setTexts] = useState(() => toTexts(found));
  const save = useMutation(
    trpc.budgets.setRateLimits.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.budgets.rateLimits.queryKey({ keyId }) });
        onSaved?.();
      },
    }),
  );
  const error = save.error ? toApiError(save.error) : null;
  const wrong = FIELDS.filter(({ name }) => toLimit(texts[name]) === undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong.length > 0) return;
    const limit = (name: Name) => toLimit(texts[name]) ?? null;
    save.mutate({
      keyId,
      requestsPerMinute: limit("requestsPerMinute"),
      tokensPerMinute: limit("tokensPerMinute"),
      maxConcurrent: limit("maxConcurrent"),
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <FormErrorSummary message={error?.message} requestId={error?.requestId ?? null} />
      <div className="grid gap-4 sm:grid-cols-3">
        {FIELDS.map(({ name, label }) => (
          <Field
            key={name}
            label={label}
            hint="Empty: the platform's own limit."
            error={toLimit(texts[name]) === undefined ? "A whole number of at least 1." : undefined}
          >
            <Input
              inputMode="numeric"
              value={texts[name]}
              disabled={isReadOnly}
              onChange={(event) => setTexts((before) => ({ ...before, [name]: event.target.value }))}
              autoComplete="off"
            />
          </Field>
        ))}
      </div>
      {!isReadOnly && (
        <div className="flex flex-wrap items-center justify-end gap-3">
          <p role="status" className="text-ink-2 text-sm">
            {save.isSuccess ? "Saved. It binds the next request." : ""}
          </p>
          <Button type="submit" variant="secondary" loading={save.isPending} disabled={wrong.length > 0}>
            Save limits
          </Button>
        </div>
      )}
    </form>
  );
}

function toTexts(limits: Limits): Record<Name, string> {
  return {
    requestsPerMinute: limits.requestsPerMinute?.toString() ?? "",
    tokensPerMinute: limits.tokensPerMinute?.toString() ?? "",
    maxConcurrent: limits.maxConcurrent?.toString() ?? "",
  };
}

/** Null for an empty field, undefined for one that is no limit. */
function toLimit(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^[1-9]\d{0,9}$/.test(trimmed) ? Number(trimmed) : undefined;
}
