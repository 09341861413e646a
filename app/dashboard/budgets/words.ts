/** A budget as this screen draws it; the procedure answers more. */
export interface BudgetItem {
  readonly id: string;
  readonly scope: Scope;
  readonly scopeId: string;
  readonly scopeName: string;
  readonly window: Window;
  readonly isRolling: boolean;
  readonly isHard: boolean;
  readonly amountNanoUsd: bigint;
  readonly thresholds: readonly number[];
  readonly spentNanoUsd: bigint;
  readonly reservedNanoUsd: bigint;
  readonly resetsAt: Date | null;
}

export const SCOPES = [
  { value: "organization", label: "The organization" },
  { value: "project", label: "A project" },
  { value: "member", label: "A member" },
  { value: "key", label: "An API key" },
] as const;
export type Scope = (typeof SCOPES)[number]["value"];

export const WINDOWS = [
  { value: "5h", label: "5 hours" },
  { value: "day", label: "Day" },
  { value: "week", label: "Week" },
  { value: "month", label: "Month" },
  { value: "total", label: "All time" },
] as const;
export type Window = (typeof WINDOWS)[number]["value"];

const CALENDAR: Readonly<Record<Window, string>> = {
  "5h": "every 5 hours from midnight UTC",
  day: "a day, from midnight UTC",
  week: "a week, from Monday UTC",
  month: "a calendar month, UTC",
  total: "in all",
};
const ROLLING: Readonly<Record<Window, string>> = {
  "5h": "in any 5 hours",
  day: "in any 24 hours",
  week: "in any 7 days",
  month: "in any 30 days",
  total: "in all",
};

export function windowWords(window: Window, isRolling: boolean): string {
  return isRolling ? ROLLING[window] : CALENDAR[window];
}

const KIND: Readonly<Record<Scope, string>> = {
  organization: "Organization",
  project: "Project",
  member: "Member",
  key: "API key",
};

export function scopeWords(scope: Scope): string {
  return KIND[scope];
}

/** "50, 80, 100" as numbers; null when it is not a list of whole percentages. An empty text is no alert at all. */
export function parseThresholds(text: string): number[] | null {
  const parts = text.split(/[\s,;%]+/).filter(Boolean);
  const numbers = parts.map(Number);
  return numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 100) ? numbers : null;
}
