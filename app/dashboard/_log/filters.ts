"use client";

import { parseAsIsoDate, parseAsString, parseAsStringLiteral } from "nuqs";
import { OUTCOME_OPTIONS, type OutcomeName } from "../_parts/outcome";

const OUTCOMES = OUTCOME_OPTIONS.map(({ value }) => value) as OutcomeName[];

/** What usage and the request log are both narrowed by. The names in the URL are the same, so one links to the other. */
export const SHARED_FILTERS = {
  model: parseAsString,
  provider: parseAsString,
  project: parseAsString,
  member: parseAsString,
  key: parseAsString,
  /** UTC days, both included. */
  from: parseAsIsoDate,
  to: parseAsIsoDate,
} as const;

export const REQUEST_FILTERS = {
  ...SHARED_FILTERS,
  outcome: parseAsStringLiteral(OUTCOMES),
  search: parseAsString,
} as const;

type Values = Readonly<Record<string, string | Date | null>>;

/** The filters that are set, as a request names them. */
export function toFilterInput(values: Values): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === null || value === "" ? [] : [[name, value instanceof Date ? toDay(value) : value]],
    ),
  );
}

/** A page of the dashboard with the same filters. */
export function linkWith(path: string, values: Values): string {
  const query = new URLSearchParams(toFilterInput(values)).toString();
  return query ? `${path}?${query}` : path;
}

export function toDay(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
