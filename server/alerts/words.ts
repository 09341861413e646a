import { EVENT_TYPES, type EventType } from "@/server/events";

/** The events that people are told of. The mails of the last three are sent where the fact is written. */
export const ALERT_CHANNELS = {
  "budget.threshold_reached": ["mail", "slack"],
  "budget.exceeded": ["mail", "slack"],
  "spend.anomaly": ["mail", "slack"],
  "balance.low": ["slack"],
  "auto_recharge.paused": ["slack"],
  "order.awaiting_approval": ["slack"],
} as const satisfies Partial<Record<EventType, readonly ("mail" | "slack")[]>>;

export type AlertType = keyof typeof ALERT_CHANNELS;

export const ALERT_TYPES = Object.keys(ALERT_CHANNELS) as readonly AlertType[];

export function isAlertType(type: string): type is AlertType {
  return Object.hasOwn(ALERT_CHANNELS, type);
}

/** An alert in words, the same for every reader. */
export interface AlertWords {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly action: { readonly label: string; readonly path: string };
}

const WINDOWS: Readonly<Record<string, string>> = {
  "5h": "per 5 hours",
  day: "a day",
  week: "a week",
  month: "a month",
  total: "in all",
};
const BUDGETS = { label: "See the budgets", path: "/dashboard/budgets" } as const;
const BILLING = { label: "See the balance", path: "/dashboard/billing" } as const;

type DataOf<Type extends AlertType> = (typeof EVENT_TYPES)[Type]["schema"]["_zod"]["output"];

function budgetWords(data: DataOf<"budget.exceeded">): AlertWords {
  const scope = data.scope === "organization" ? "the organization" : `the ${data.scope} ${data.scope_name}`;
  const limit = `$${data.amount_usd} ${WINDOWS[data.window] ?? data.window}`;
  const isOver = data.threshold_percent >= 100;
  const consequence = data.is_hard
    ? "It is a hard budget: requests that would pass it are refused."
    : "It is a soft budget: nothing is refused.";
  return {
    subject: isOver
      ? `Budget used up: ${limit} for ${scope}`
      : `Budget at ${data.threshold_percent} %: ${limit} for ${scope}`,
    lines: [
      `$${data.spent_usd} of ${limit} is spent by ${scope}.`,
      ...(isOver || data.is_hard ? [consequence] : []),
      ...(data.resets_at ? [`It gives back at ${toUtc(data.resets_at)}.`] : []),
    ],
    action: BUDGETS,
  };
}

const WORDS: { readonly [Type in AlertType]: (data: DataOf<Type>) => AlertWords } = {
  "budget.threshold_reached": budgetWords,
  "budget.exceeded": budgetWords,
  "spend.anomaly": (data) => ({
    subject: `Unusual spend: $${data.spent_usd} in one hour`,
    lines: [
      `$${data.spent_usd} was spent in the hour from ${toUtc(data.hour)}. An hour usually costs about $${data.usual_usd}.`,
      `Most of it: the model ${data.top_model}, by the key ${data.top_key_id}.`,
      "Nothing was stopped. Revoke a key, or set a hard budget, if this is not meant.",
    ],
    action: { label: "See the usage", path: "/dashboard/usage" },
  }),
  "balance.low": (data) => ({
    subject: `The balance is low: $${data.balance_usd}`,
    lines: [
      data.runway_days === null
        ? "Requests are refused when it is used up."
        : `At the spend of the last seven days it lasts for ${data.runway_days} days.`,
    ],
    action: BILLING,
  }),
  "auto_recharge.paused": (data) => ({
    subject: `Auto-recharge of $${data.amount_usd} is paused`,
    lines: ["It starts again only when somebody resumes it."],
    action: BILLING,
  }),
  "order.awaiting_approval": (data) => ({
    subject: `A top-up of $${data.amount_usd} waits for approval`,
    lines: ["An owner or an admin can approve or decline it on the billing page."],
    action: { label: "See the top-up", path: "/dashboard/billing" },
  }),
};

/** @throws ZodError for data that is not of the event's published shape */
export function alertWords(type: AlertType, data: unknown): AlertWords {
  // Parsed by the schema of the very type whose words are chosen.
  const words = WORDS[type] as (data: unknown) => AlertWords;
  return words(EVENT_TYPES[type].schema.parse(data));
}

function toUtc(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
