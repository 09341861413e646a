"use client";

import { useQuery } from "@tanstack/react-query";
import { type FocusEvent, useRef, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Field } from "@/app/_ui/field";
import { Textarea } from "@/app/_ui/textarea";
import {
  completionAt,
  type KnownNames,
  type NameField,
  type UnknownName,
  unknownNames,
} from "./policy-names";

interface NameLinesProps {
  readonly name: NameField;
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Names of models or providers, a line each: completed from the catalogue, with a word on those that are not in it. */
export function NameLines({ name, label, hint, error, value, onChange }: NameLinesProps) {
  const known = useKnownNames();
  const box = useRef<HTMLDivElement>(null);
  /** Null while the field is not being written in. */
  const [caret, setCaret] = useState<number | null>(null);
  const completion = known && caret !== null ? completionAt(name, value, caret, known) : null;
  const complete = (chosen: string) => {
    if (!completion) return;
    onChange(value.slice(0, completion.from) + chosen + value.slice(completion.to));
    setCaret(null);
    box.current?.querySelector("textarea")?.focus();
  };
  const leave = (event: FocusEvent) => {
    if (!box.current?.contains(event.relatedTarget)) setCaret(null);
  };
  return (
    <div ref={box} className="grid content-start gap-1.5">
      <Field
        label={label}
        hint={hint}
        error={error}
        warning={known && !completion ? toWarning(unknownNames(name, value, known)) : null}
      >
        <Textarea
          rows={2}
          spellCheck={false}
          className="font-mono text-sm"
          value={value}
          onBlur={leave}
          onChange={(event) => {
            onChange(event.target.value);
            setCaret(event.target.selectionEnd);
          }}
        />
      </Field>
      {completion && (
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">Names that fit, for {label}</legend>
          {completion.names.map((one) => (
            <button
              key={one}
              type="button"
              onBlur={leave}
              className="min-h-6 max-w-full break-all rounded-md border border-line bg-surface px-2 py-0.5 text-left font-mono text-xs hover:bg-hover"
              onClick={() => complete(one)}
            >
              {one}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

/** Null until both lists are there: without them nothing can be said of a name. */
function useKnownNames(): KnownNames | null {
  const trpc = useTRPC();
  const models = useQuery(trpc.catalog.models.queryOptions());
  const providers = useQuery(trpc.catalog.providers.queryOptions());
  if (!models.data || !providers.data) return null;
  return {
    models: models.data.map(({ slug }) => slug),
    providers: providers.data.map(({ slug }) => slug),
  };
}

const MOST_NAMED = 3;

function toWarning(unknown: readonly UnknownName[]): string | null {
  if (unknown.length === 0) return null;
  const words = unknown
    .slice(0, MOST_NAMED)
    .map(({ name, nearest }) => (nearest ? `${name} (did you mean ${nearest}?)` : name));
  const more = unknown.length > MOST_NAMED ? `, and ${unknown.length - MOST_NAMED} more` : "";
  return `Not in the catalogue now: ${words.join(", ")}${more}.`;
}
