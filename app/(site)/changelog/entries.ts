import type { ComponentType } from "react";
import Gateway from "./_entries/gateway.mdx";
import Money from "./_entries/money.mdx";
import Site from "./_entries/site.mdx";
import Teams from "./_entries/teams.mdx";

export interface ChangelogEntry {
  /** Its anchor on the page. */
  readonly id: string;
  readonly title: string;
  readonly date: string;
  /** For the feed, one paragraph. */
  readonly summary: string;
  readonly Text: ComponentType;
}

/** What changed for users, newest first. */
export const CHANGELOG: readonly ChangelogEntry[] = [
  {
    id: "site",
    title: "Comparison, price history, calculator, support",
    date: "2026-11-25",
    summary:
      "Models can be filtered by what they give, can do and cost, compared side by side, and show every price version. The pricing page calculates with the code that bills. Support has a form and tickets.",
    Text: Site,
  },
  {
    id: "teams",
    title: "Teams, policies, webhooks, management API",
    date: "2026-11-25",
    summary:
      "Organizations with five roles, projects, service accounts, two-factor sign-in and policies; signed webhooks with a delivery log; a management REST API with scoped keys.",
    Text: Teams,
  },
  {
    id: "money",
    title: "Cards, auto-recharge, signed receipts",
    date: "2026-11-25",
    summary:
      "Cards and invoices through Stripe, refunds, disputes and auto-recharge; Ed25519 signed receipts, sealed blocks and exports that verify offline; hard and soft budgets.",
    Text: Money,
  },
  {
    id: "gateway",
    title: "Every protocol at every provider",
    date: "2026-11-25",
    summary:
      "Chat completions, responses, messages and legacy completions at every chat model; embeddings, moderations, rerank, images, speech, transcriptions and videos; health-aware routing with fallback; quotes with a price lock.",
    Text: Gateway,
  },
];
