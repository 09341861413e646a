"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { FormErrorSummary } from "@/app/_ui/form-error-summary";
import { RadioCards } from "@/app/_ui/radio-cards";
import { Select } from "@/app/_ui/select";
import { type BudgetDraft, firstDraft, type Problems, toTerms } from "./draft";
import { Simulation } from "./simulation";
import { type BudgetItem, SCOPES, type Scope, scopeWords, WINDOWS, type Window } from "./words";

interface BudgetDialogProps {
  /** The budget to change, "new" for another one, or null while the dialog is closed. */
  readonly target: BudgetItem | "new" | null;
  /** Percentages that a new budget's alerts begin with. */
  readonly defaultThresholds: readonly number[];
  readonly onClose: () => void;
}

export function BudgetDialog({ target, defaultThresholds, onClose }: BudgetDialogProps) {
  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => !open && onClose()}
      title={target === "new" ? "Set a budget" : "Change the budget"}
    >
      {target && (
        <BudgetForm
          budget={target === "new" ? null : target}
          defaultThresholds={defaultThresholds}
          onDone={onClose}
        />
      )}
    </Dialog>
  );
}

const KINDS = [
  { value: "hard", title: "Hard", description: "The request that would pass it is refused." },
  { value: "soft", title: "Soft", description: "Nothing is refused. It only alerts." },
];

interface BudgetFormProps {
  readonly budget: BudgetItem | null;
  readonly defaultThresholds: readonly number[];
  readonly onDone: () => void;
}

function BudgetForm({ budget, defaultThresholds, onDone }: BudgetFormProps) {
  const form = useBudgetForm(budget, defaultThresholds, onDone);
  const { state, set, error, problems } = form;
  return (
    <form onSubmit={form.submit} className="grid gap-5" noValidate>
      <FormErrorSummary message={error?.message} requestId={error?.requestId ?? null} />
      {budget ? (
        <p className="text-ink-2 text-sm">
          {scopeWords(budget.scope)}: <span className="font-medium text-ink">{budget.scopeName}</span>
        </p>
      ) : (
        <ScopeFields scope={state.scope} scopeId={state.scopeId} set={set} />
      )}
      <Field label="Amount in US dollars" error={problems.amount}>
        <Input
          inputMode="decimal"
          value={state.amount}
          onChange={(event) => set({ amount: event.target.value })}
          autoComplete="off"
        />
      </Field>
      <div className="grid gap-3">
        <Select
          label="Per"
          value={state.window}
          options={WINDOWS}
          onValueChange={(window) => set({ window: window as Window })}
        />
        {state.window !== "total" && (
          <Checkbox
            label="Rolling: the time just passed, instead of the UTC calendar"
            checked={state.isRolling}
            onCheckedChange={(isRolling) => set({ isRolling })}
          />
        )}
      </div>
      <RadioCards
        label="Kind"
        value={state.kind}
        onValueChange={(kind) => set({ kind })}
        options={KINDS}
        className="sm:grid-cols-2 lg:grid-cols-2"
      />
      <Field
        label="Alerts at, in per cent"
        hint="Once per window each. Empty for none."
        error={problems.thresholds}
      >
        <Input
          value={state.thresholds}
          onChange={(event) => set({ thresholds: event.target.value })}
          autoComplete="off"
        />
      </Field>
      <Simulation budget={budget} draft={state} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button type="button" variant="ghost" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" loading={form.isPending}>
          {budget ? "Save" : "Set budget"}
        </Button>
      </div>
    </form>
  );
}

function useBudgetForm(budget: BudgetItem | null, defaultThresholds: readonly number[], onDone: () => void) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [state, setState] = useState(() => firstDraft(budget, defaultThresholds));
  const [problems, setProblems] = useState<Problems>({});
  const options = {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: trpc.budgets.pathKey() });
      onDone();
    },
  };
  const create = useMutation(trpc.budgets.create.mutationOptions(options));
  const update = useMutation(trpc.budgets.update.mutationOptions(options));
  const failed = create.error ?? update.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { terms, problems: found } = toTerms(state);
    setProblems(found);
    if (!terms) return;
    if (budget) update.mutate({ budgetId: budget.id, ...terms });
    else create.mutate({ scope: state.scope, scopeId: state.scopeId || null, ...terms });
  };
  return {
    state,
    set: (change: Partial<BudgetDraft>) => setState((before) => ({ ...before, ...change })),
    submit,
    problems,
    error: failed ? toApiError(failed) : null,
    isPending: create.isPending || update.isPending,
  };
}

interface ScopeFieldsProps {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly set: (change: Partial<BudgetDraft>) => void;
}

function ScopeFields({ scope, scopeId, set }: ScopeFieldsProps) {
  const trpc = useTRPC();
  const scopes = useQuery(trpc.budgets.scopes.queryOptions());
  const lists = {
    organization: [],
    project: scopes.data?.projects,
    member: scopes.data?.members,
    key: scopes.data?.keys,
  };
  const list = lists[scope] ?? [];
  return (
    <div className="grid gap-3">
      <Select
        label="What it limits"
        value={scope}
        options={SCOPES}
        onValueChange={(next) => {
          const chosen = next as Scope;
          set({ scope: chosen, scopeId: lists[chosen]?.[0]?.id ?? "" });
        }}
      />
      {scope !== "organization" &&
        (list.length > 0 ? (
          <Select
            label={scopeWords(scope)}
            value={scopeId}
            options={list.map(({ id, name }) => ({ value: id, label: name }))}
            onValueChange={(next) => set({ scopeId: next })}
          />
        ) : (
          <p className="text-ink-2 text-sm" role="status">
            {scopes.isPending ? "Loading…" : "There is none to choose yet."}
          </p>
        ))}
    </div>
  );
}
