"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Select } from "@/app/_ui/select";
import { DayField } from "../_parts/day-field";
import { ACTION_OPTIONS } from "./action-names";
import type { useAuditFilters } from "./audit-screen";

type FilterState = ReturnType<typeof useAuditFilters>;

interface AuditFilterBarProps {
  readonly filters: FilterState[0];
  readonly setFilters: FilterState[1];
  readonly isFiltered: boolean;
}

export function AuditFilterBar({ filters, setFilters, isFiltered }: AuditFilterBarProps) {
  const trpc = useTRPC();
  const members = useQuery(trpc.members.list.queryOptions());
  const people = (members.data?.members ?? []).map(({ userId, name }) => ({ value: userId, label: name }));
  const isKnown = filters.actor === null || people.some(({ value }) => value === filters.actor);
  return (
    <fieldset className="grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap">
      <legend className="sr-only">Filter changes</legend>
      <Select
        label="Action"
        value={filters.action ?? ""}
        options={[{ value: "", label: "All actions" }, ...ACTION_OPTIONS]}
        onValueChange={(action) => void setFilters({ action: action || null })}
      />
      <Select
        label="By"
        value={filters.actor ?? ""}
        options={[
          { value: "", label: "Everybody" },
          ...people,
          ...(isKnown ? [] : [{ value: filters.actor ?? "", label: filters.actor ?? "" }]),
        ]}
        onValueChange={(actor) => void setFilters({ actor: actor || null })}
      />
      <DayField label="From (UTC)" value={filters.from} onChange={(from) => void setFilters({ from })} />
      <DayField label="To (UTC)" value={filters.to} onChange={(to) => void setFilters({ to })} />
      {isFiltered && (
        <Button variant="ghost" onClick={() => void setFilters(null)}>
          Clear filters
        </Button>
      )}
    </fieldset>
  );
}
