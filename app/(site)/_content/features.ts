export interface Feature {
  readonly id: "api" | "routing" | "billing" | "budgets" | "teams" | "webhooks" | "audit" | "support";
  readonly name: string;
  /** What the account includes. */
  readonly promise: string;
  /** What of it works today; null when nothing does yet. */
  readonly today: string | null;
  /** What of it is still in preparation; null when all of it works. */
  readonly inPreparation: string | null;
}

/**
 * "Everything included in your account". The promise is the product's; the two lines below it keep the pages honest and
 * are changed by whoever makes a promise true.
 */
export const FEATURES: readonly Feature[] = [
  {
    id: "api",
    name: "Unified Inference API",
    promise: "One OpenAI-compatible endpoint for every model and provider.",
    today:
      "Chat completions, responses, messages and legacy completions at every chat model, streamed or whole; embeddings, moderations, rerank, images, speech, transcriptions and videos; and the model list.",
    inPreparation: null,
  },
  {
    id: "routing",
    name: "Routing & Fallback",
    promise: "Multi-provider routing with health-aware automatic fallback.",
    today:
      "Order by price and live health, policies per organization and key with a dry run, fallback to the next provider at no cost, a public status page.",
    inPreparation: null,
  },
  {
    id: "billing",
    name: "Usage & Billing",
    promise: "Token-accurate metering with clean cost attribution.",
    today:
      "A quote before a request, with a price held for ten minutes, and a signed receipt after it: units, price version, provider, sum, and which bucket paid.",
    inPreparation: null,
  },
  {
    id: "budgets",
    name: "Budget Controls",
    promise: "Hard caps and soft alerts by key, member, and project.",
    today:
      "Hard and soft budgets by organization, project, member and key, over five windows, with alerts by mail, Slack and webhook, unusual spend included; a look at what a budget would have blocked; rate limits of keys and the organization.",
    inPreparation: null,
  },
  {
    id: "teams",
    name: "Team & Organizations",
    promise: "Shared balance pools, member roles, and org policies.",
    today:
      "Teams with invitations, five roles, projects, service accounts, two-factor sign-in, and policies for models, data, keys, their budgets, addresses and the approval of top-ups.",
    inPreparation: null,
  },
  {
    id: "webhooks",
    name: "Webhooks & Automation",
    promise: "Order, subscription, and payout events with HMAC signing.",
    today:
      "Signed events with retries, a delivery log and redelivery, and a management REST API with scoped keys.",
    inPreparation: null,
  },
  {
    id: "audit",
    name: "Audit Logs",
    promise: "Per-request logs with append-only audit trail.",
    today:
      "A log line for every admitted request, failed ones included, exported as CSV or NDJSON, and a hash-chained trail of changes that anyone can verify.",
    inPreparation: null,
  },
  {
    id: "support",
    name: "Support",
    promise: "Email support included. Priority and SLA for committed spend.",
    today:
      "Tickets by form or on the dashboard, answered by mail; those under a commitment with priority support come first.",
    inPreparation: null,
  },
];
