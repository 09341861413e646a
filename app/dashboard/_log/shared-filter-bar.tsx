"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Select, type SelectOption } from "@/app/_ui/select";
import { DayField } from "../_parts/day-field";

type Name = "model" | "provider" | "project" | "member" | "key";

interface SharedFilterBarProps {
  readonly values: Readonly<Record<Name, string | null>> & {
    readonly from: Date | null;
    readonly to: Date | null;
  };
  readonly onChange: (
    change: Partial<Record<Name, string | null> & Record<"from" | "to", Date | null>>,
  ) => void;
}

/** The filters that usage and the request log have in common. Names come from what the organization has and used. */
export function SharedFilterBar({ values, onChange }: SharedFilterBarProps) {
  const trpc = useTRPC();
  const choices = useQuery(trpc.usage.choices.queryOptions());
  const select = (name: Name, label: string, all: string) => (
    <Select
      key={name}
      label={label}
      value={values[name] ?? ""}
      options={[{ value: "", label: all }, ...withSelected(choices.data?.[name] ?? [], values[name])]}
      onValueChange={(value) => onChange({ [name]: value || null })}
    />
  );
  return (
    <>
      {select("model", "Model", "All models")}
      {select("provider", "Provider", "All providers")}
      {select("key", "Key", "All keys")}
      {select("project", "Project", "All projects")}
      {select("member", "Member", "All members")}
      <DayField label="From (UTC)" value={values.from} onChange={(from) => onChange({ from })} />
      <DayField label="To (UTC)" value={values.to} onChange={(to) => onChange({ to })} />
    </>
  );
}

/** A filter that came with the link stays visible, whether or not the list knows it. */
function withSelected(options: readonly SelectOption[], selected: string | null): readonly SelectOption[] {
  const isKnown = selected === null || options.some(({ value }) => value === selected);
  return isKnown ? options : [...options, { value: selected, label: selected }];
}
