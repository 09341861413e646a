import type { Tone } from "@/app/_ui/badge";

export interface EndpointItem {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly status: "active" | "disabled";
  readonly disabledReason: "manual" | "gone" | "failing" | null;
  readonly disabledAt: Date | null;
  readonly failingSince: Date | null;
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
}

export interface AttemptItem {
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

export interface DeliveryItem {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly isTest: boolean;
  readonly state: "pending" | "succeeded" | "failed";
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastAttempt: AttemptItem | null;
  readonly createdAt: Date;
}

interface Word {
  readonly tone: Tone;
  readonly label: string;
}

const REASONS = {
  manual: "Switched off",
  gone: "Off: it answered 410",
  failing: "Off: five days of failures",
} as const;

export function endpointWord(endpoint: EndpointItem): Word {
  if (endpoint.status === "disabled")
    return {
      tone: endpoint.disabledReason === "manual" ? "neutral" : "negative",
      label: REASONS[endpoint.disabledReason ?? "manual"],
    };
  return endpoint.failingSince
    ? { tone: "warning", label: "Failing" }
    : { tone: "positive", label: "Active" };
}

export function deliveryWord({ state, attempts }: Pick<DeliveryItem, "state" | "attempts">): Word {
  if (state === "succeeded") return { tone: "positive", label: "Delivered" };
  if (state === "failed") return { tone: "negative", label: "Given up" };
  return attempts === 0 ? { tone: "accent", label: "Waiting" } : { tone: "warning", label: "To be repeated" };
}

const ERRORS: Readonly<Record<string, string>> = {
  timeout: "No answer within 15 seconds",
  connection_failed: "No connection",
  address_not_public: "The name leads to an address that is not public",
  url_not_allowed: "The URL is not allowed",
  redirect: "A redirect, which is not followed",
  status: "Not a 2xx status",
  gone: "410: the endpoint was switched off",
};

/** How an attempt went, in one line. */
export function attemptWords({ status, error, durationMs }: AttemptItem): string {
  const said = error === null ? "Accepted" : (ERRORS[error] ?? error);
  return [status === null ? null : `HTTP ${status}`, said, `${durationMs} ms`].filter(Boolean).join(" · ");
}

export function filterWords(eventTypes: readonly string[]): string {
  if (eventTypes.length === 0) return "All events";
  if (eventTypes.length <= 2) return eventTypes.join(", ");
  return `${eventTypes.slice(0, 2).join(", ")} and ${eventTypes.length - 2} more`;
}
