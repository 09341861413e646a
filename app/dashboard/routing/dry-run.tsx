"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { Textarea } from "@/app/_ui/textarea";
import type { AppRouter } from "@/server/trpc";
import type { RoutingPolicy } from "./policy-form";

type Ran = inferRouterOutputs<AppRouter>["routing"]["dryRun"];

interface DryRunProps {
  readonly keyId: string | null;
  /** What is typed and not saved; null when nothing is. */
  readonly draft: RoutingPolicy | null;
}

/** Where a request would go right now, with the reasons. */
export function DryRun({ keyId, draft }: DryRunProps) {
  const trpc = useTRPC();
  const models = useQuery(trpc.catalog.models.queryOptions());
  const run = useMutation(trpc.routing.dryRun.mutationOptions());
  const [model, setModel] = useState("");
  const [promptTokens, setPromptTokens] = useState("1000");
  const [needs, setNeeds] = useState({ tools: false, responseFormat: false, images: false });
  const [json, setJson] = useState("");
  const [bodyError, setBodyError] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = readBody(json);
    setBodyError(body === null ? "This is no JSON object." : null);
    if (body === null) return;
    run.mutate({ keyId, draft, model, promptTokens: Math.trunc(Number(promptTokens)) || 0, ...needs, body });
  };
  const error = run.error ? toApiError(run.error) : null;
  return (
    <Card className="grid gap-5 p-5 xl:sticky xl:top-6">
      <div className="grid gap-1">
        <h2 className="font-semibold text-lg">Where would it go?</h2>
        <p className="text-ink-2 text-sm">
          The decision of a real request, with live health{draft ? ", under what you have typed" : ""}.
          Nothing is sent or charged.
        </p>
      </div>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        <Field label="Model" hint="With a suffix if you use one: author/model:floor">
          <Input
            value={model}
            list="dry-run-models"
            autoComplete="off"
            placeholder={models.data?.[0]?.slug}
            onChange={(event) => setModel(event.target.value)}
          />
        </Field>
        <datalist id="dry-run-models">
          {(models.data ?? []).map(({ slug }) => (
            <option key={slug} value={slug} />
          ))}
        </datalist>
        <Field label="Prompt tokens">
          <Input
            value={promptTokens}
            inputMode="numeric"
            autoComplete="off"
            onChange={(event) => setPromptTokens(event.target.value)}
          />
        </Field>
        <fieldset className="grid gap-2">
          <legend className="mb-1.5 font-medium text-sm">It brings</legend>
          {NEEDS.map(({ name, label }) => (
            <Checkbox
              key={name}
              label={label}
              checked={needs[name]}
              onCheckedChange={(checked) => setNeeds((known) => ({ ...known, [name]: checked }))}
            />
          ))}
        </fieldset>
        <Field
          label="Routing fields of the request"
          hint="JSON as in its body: models, provider, providerOptions."
          error={bodyError}
        >
          <Textarea
            rows={3}
            spellCheck={false}
            className="font-mono text-sm"
            placeholder={'{"provider": {"sort": "price"}}'}
            value={json}
            onChange={(event) => setJson(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="secondary" loading={run.isPending} disabled={model.trim() === ""}>
          Show the way
        </Button>
      </form>
      <div aria-live="polite">
        {error && (
          <Banner tone="negative">
            {error.message}
            {error.requestId && <span className="block font-mono text-xs">Request id {error.requestId}</span>}
          </Banner>
        )}
        {run.data && !error && <Way {...run.data} />}
      </div>
    </Card>
  );
}

const NEEDS = [
  { name: "tools", label: "Tools" },
  { name: "responseFormat", label: "A response format (JSON)" },
  { name: "images", label: "Images" },
] as const;

function readBody(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function Way({ routes, excluded }: Ran) {
  return (
    <div className="grid gap-4">
      {routes.length === 0 ? (
        <Banner tone="warning">
          Nobody may answer this request. It would be refused with the reason below.
        </Banner>
      ) : (
        <ol className="grid gap-3" aria-label="Tried in this order">
          {routes.map((route, at) => (
            <li key={route.endpointId} className="flex gap-3">
              <span className="grid size-6 shrink-0 place-items-center rounded-full bg-hover font-medium text-xs tabular-nums">
                {at + 1}
              </span>
              <div className="grid min-w-0 gap-0.5 text-sm">
                <p className="wrap-anywhere">
                  <span className="font-medium">{route.provider}</span>{" "}
                  <code className="font-mono text-ink-2 text-xs">{route.model}</code>
                </p>
                <p className="text-ink-2">{route.because.join("; ")}</p>
              </div>
            </li>
          ))}
        </ol>
      )}
      {excluded.length > 0 && (
        <div className="grid gap-2 border-line border-t pt-4">
          <h3 className="font-medium text-sm">Ruled out</h3>
          <ul className="grid gap-2 text-sm">
            {excluded.map((one) => (
              <li key={`${one.endpointId}-${one.reason}`} className="wrap-anywhere">
                <span className="font-medium">{one.provider}</span>{" "}
                <code className="font-mono text-ink-2 text-xs">{one.model}</code>{" "}
                <span className="text-ink-2">{one.detail}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
