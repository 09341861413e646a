"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Card } from "@/app/_ui/card";
import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import { NameLines } from "./name-lines";
import type { FormErrors, PolicyForm } from "./policy-form";
import type { NameField } from "./policy-names";

interface FieldsProps {
  readonly form: PolicyForm;
  readonly errors: FormErrors;
  readonly set: (change: Partial<PolicyForm>) => void;
}

/** Which models and providers may answer at all. */
export function WhoFields(props: FieldsProps) {
  return (
    <Part title="Models and providers" note="One name a line. A * at the end stands for the rest: openai/*.">
      <div className="grid gap-5 sm:grid-cols-2">
        <Lines {...props} name="allowedModels" label="Allowed models" hint="Empty: every model." />
        <Lines {...props} name="blockedModels" label="Blocked models" />
        <Lines {...props} name="allowedProviders" label="Allowed providers" hint="Empty: every provider." />
        <Lines {...props} name="blockedProviders" label="Blocked providers" />
      </div>
    </Part>
  );
}

/** What providers may do with prompts. */
export function PromptFields({ form, errors, set }: FieldsProps) {
  return (
    <Part
      title="Handling of prompts"
      note="A provider of which it is not known is ruled out: a request fails with the reason instead of going there."
    >
      <div className="grid gap-3">
        <Checkbox
          label="Only providers that do not train on prompts"
          checked={form.noTraining}
          onCheckedChange={(noTraining) => set({ noTraining })}
        />
        <Checkbox
          label="Only providers that keep no prompts (zero retention)"
          checked={form.zeroRetention}
          onCheckedChange={(zeroRetention) => set({ zeroRetention })}
        />
      </div>
      <Field
        label="Regions"
        hint="Where prompts may be processed: eu, us. Empty: anywhere."
        error={errors.regions}
      >
        <Input
          value={form.regions}
          autoComplete="off"
          onChange={(event) => set({ regions: event.target.value })}
        />
      </Field>
    </Part>
  );
}

const SORTS = [
  { value: "", label: "Price weighed against health" },
  { value: "price", label: "Lowest price" },
  { value: "latency", label: "Quickest first token" },
  { value: "throughput", label: "Most tokens a second" },
] as const;

/** Who is asked first. */
export function OrderFields(props: FieldsProps) {
  const { form, set } = props;
  const trpc = useTRPC();
  const providers = useQuery(trpc.catalog.providers.queryOptions());
  const known = (providers.data ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const pinned = form.pinnedProvider;
  const isListed = pinned === "" || known.some(({ value }) => value === pinned);
  return (
    <Part
      title="Order"
      note="Of those that are allowed. A provider that fails right now is asked last, whatever the order."
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <Select label="Sort by" value={form.sort} options={SORTS} onValueChange={(sort) => set({ sort })} />
        <Select
          label="Pinned provider"
          value={pinned}
          options={[
            { value: "", label: "None" },
            ...(isListed ? [] : [{ value: pinned, label: pinned }]),
            ...known,
          ]}
          onValueChange={(pinnedProvider) => set({ pinnedProvider })}
        />
      </div>
      <Lines
        {...props}
        name="providerOrder"
        label="Providers in this order"
        hint="The others follow behind."
      />
    </Part>
  );
}

/** What happens after a failure. */
export function FallbackFields(props: FieldsProps) {
  const { form, errors, set } = props;
  return (
    <Part
      title="Fallbacks and timeouts"
      note="A failed attempt costs nothing. One line a model: author/model: next, one after it. * stands for every model without a line of its own."
    >
      <Checkbox
        label="Go on with the next provider when one fails"
        checked={form.allowFallbacks}
        onCheckedChange={(allowFallbacks) => set({ allowFallbacks })}
      />
      <Field
        label="Highest premium of a fallback, per cent"
        hint="A fallback that costs more above the first choice is not used. Empty: 50."
        error={errors.maxFallbackPremium}
      >
        <Input
          value={form.maxFallbackPremium}
          inputMode="decimal"
          autoComplete="off"
          onChange={(event) => set({ maxFallbackPremium: event.target.value })}
        />
      </Field>
      <Lines {...props} name="fallbackModels" label="Models to go on with after an outage" />
      <Lines {...props} name="contextFallbackModels" label="… when the prompt is too long" />
      <Lines {...props} name="contentFallbackModels" label="… when a provider refuses the content" />
      <Lines
        {...props}
        name="timeouts"
        label="Timeouts"
        hint="author/model: seconds to the first token, seconds in all. “–” is no limit of your own: *: –, 120"
      />
    </Part>
  );
}

function Part({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  return (
    <Card className="grid gap-5 p-5">
      <div className="grid gap-1">
        <h2 className="font-semibold text-lg">{title}</h2>
        <p className="max-w-[68ch] text-ink-2 text-sm">{note}</p>
      </div>
      {children}
    </Card>
  );
}

interface LinesProps extends FieldsProps {
  readonly name: NameField;
  readonly label: string;
  readonly hint?: string;
}

function Lines({ form, errors, set, name, label, hint }: LinesProps) {
  return (
    <NameLines
      name={name}
      label={label}
      hint={hint}
      error={errors[name]}
      value={form[name]}
      onChange={(value) => set({ [name]: value })}
    />
  );
}
