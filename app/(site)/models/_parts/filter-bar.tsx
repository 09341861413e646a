"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { Button } from "@/app/_ui/button";
import { Input } from "@/app/_ui/input";
import { NativeSelect } from "@/app/_ui/native-select";
import { Spinner } from "@/app/_ui/spinner";
import { toTokenCount } from "../../_data/catalog";
import {
  CAPABILITIES,
  CONTEXTS,
  MODALITIES,
  type ModelFilters,
  NO_FILTERS,
  OUTPUTS,
  PRICE_CENTS,
  SORTS,
  type Sort,
  toPath,
} from "./filters";

const TYPING_PAUSE_MS = 200;

interface FilterBarProps {
  readonly filters: ModelFilters;
  readonly providers: readonly { readonly slug: string; readonly name: string }[];
}

/** Changes the address; the server draws the list. Without script the search still works as a form. */
export function FilterBar({ filters, providers }: FilterBarProps) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  // What was asked for last: a word typed a moment ago must not undo a choice made since.
  const wanted = useRef(filters);
  useEffect(() => {
    if (!isPending) wanted.current = filters;
  }, [filters, isPending]);
  const go = (change: Partial<ModelFilters>) => {
    const next = { ...wanted.current, ...change };
    wanted.current = next;
    startTransition(() => router.replace(toPath(next), { scroll: false }));
  };
  const { sort, compared } = filters;
  const isFiltered = toPath(filters) !== toPath({ ...NO_FILTERS, sort, compared });
  return (
    <search className="grid gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <SearchBox value={filters.search} onChange={(search) => go({ search })} isPending={isPending} />
        <NativeSelect
          label="Order"
          className="min-w-48 flex-1 sm:flex-none"
          value={sort}
          options={Object.entries(SORTS).map(([value, label]) => ({ value, label }))}
          onValueChange={(next) => go({ sort: next as Sort })}
        />
      </div>
      <div className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:grid-cols-6">
        <Choices filters={filters} providers={providers} go={go} />
      </div>
      {isFiltered && (
        <Button
          variant="ghost"
          className="justify-self-start"
          onClick={() => go({ ...NO_FILTERS, sort, compared })}
        >
          Clear filters
        </Button>
      )}
    </search>
  );
}

interface ChoicesProps extends FilterBarProps {
  readonly go: (change: Partial<ModelFilters>) => void;
}

function Choices({ filters, providers, go }: ChoicesProps) {
  const choices: readonly [
    keyof ModelFilters,
    string,
    string,
    readonly (readonly [string | number, string])[],
  ][] = [
    ["modality", "Reads", "Anything", MODALITIES.map((value) => [value, capital(value)])],
    ["output", "Gives", "Anything", Object.entries(OUTPUTS)],
    ["capability", "Can", "Anything", Object.entries(CAPABILITIES)],
    ["provider", "Provider", "All", providers.map(({ slug, name }) => [slug, name])],
    [
      "minContextTokens",
      "Context",
      "Any",
      CONTEXTS.map((tokens) => [tokens, `${toTokenCount(tokens)} or more`]),
    ],
    [
      "maxInputCents",
      "Input price",
      "Any",
      PRICE_CENTS.map((cents) => [cents, `up to $${(cents / 100).toFixed(2)}`]),
    ],
  ];
  return choices.map(([field, label, all, options]) => {
    const chosen = options.find(([value]) => value === filters[field]);
    return (
      <NativeSelect
        key={field}
        label={label}
        className="sm:min-w-0"
        value={String(chosen?.[0] ?? "")}
        options={[
          { value: "", label: all },
          ...options.map(([value, text]) => ({ value: String(value), label: text })),
        ]}
        onValueChange={(next) =>
          go({ [field]: options.find(([value]) => String(value) === next)?.[0] ?? null })
        }
      />
    );
  });
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isPending: boolean;
}

function SearchBox({ value, onChange, isPending }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address can change without this box: by "Clear", or by going back.
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), TYPING_PAUSE_MS);
  };
  return (
    <form
      action="/models"
      className="grid min-w-full flex-1 gap-1.5 sm:min-w-64"
      onSubmit={(event) => event.preventDefault()}
    >
      <label htmlFor="model-search" className="w-fit font-medium text-sm">
        Search
      </label>
      <span className="relative block">
        <span className="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-ink-2">
          {isPending ? <Spinner /> : <Search aria-hidden="true" className="size-4" />}
        </span>
        <Input
          id="model-search"
          type="search"
          name="q"
          value={text}
          onChange={(event) => change(event.target.value)}
          placeholder="Name or author"
          autoComplete="off"
          className="pl-9"
        />
      </span>
    </form>
  );
}
