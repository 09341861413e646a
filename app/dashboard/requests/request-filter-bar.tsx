"use client";

import { useEffect, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Field, Input } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import { SharedFilterBar } from "../_log/shared-filter-bar";
import { OUTCOME_OPTIONS, type OutcomeName } from "../_parts/outcome";
import type { useRequestFilters } from "./requests-screen";

type FilterState = ReturnType<typeof useRequestFilters>;

const TYPING_MS = 350;

interface RequestFilterBarProps {
  readonly filters: FilterState[0];
  readonly setFilters: FilterState[1];
  readonly isFiltered: boolean;
}

export function RequestFilterBar({ filters, setFilters, isFiltered }: RequestFilterBarProps) {
  return (
    <fieldset className="grid gap-3">
      <legend className="sr-only">Filter requests</legend>
      <Search
        value={filters.search ?? ""}
        onChange={(search) => void setFilters({ search: search || null })}
      />
      <div className="grid grid-cols-2 items-end gap-3 sm:grid-cols-4">
        <Select
          label="Outcome"
          value={filters.outcome ?? ""}
          options={[{ value: "", label: "All outcomes" }, ...OUTCOME_OPTIONS]}
          onValueChange={(outcome) => void setFilters({ outcome: (outcome || null) as OutcomeName | null })}
          className="sm:min-w-0"
        />
        <SharedFilterBar values={filters} onChange={(change) => void setFilters(change)} />
      </div>
      {isFiltered && (
        <div>
          <Button variant="ghost" size="sm" onClick={() => void setFilters(null)}>
            Clear filters
          </Button>
        </div>
      )}
    </fieldset>
  );
}

/** Written into the URL when the typing rests, so that not every letter is asked for. */
function Search({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Field label="Search" className="sm:max-w-lg">
      <Input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="gen_…, req_… or an error code"
        autoComplete="off"
        spellCheck={false}
      />
    </Field>
  );
}
