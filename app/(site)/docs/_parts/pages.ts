/** The pages of the docs in reading order; the sidebar, the sitemap and llms.txt are made from it. */
export const DOCS_PAGES = [
  { href: "/docs", label: "Overview", about: "What the gateway is and how its parts fit together." },
  { href: "/docs/quickstart", label: "Quickstart", about: "From sign-up to the first streamed answer." },
  {
    href: "/docs/concepts",
    label: "Concepts",
    about: "Balance, hold, price version, receipt, route, policy: the words and how they fit.",
  },
  {
    href: "/docs/authentication",
    label: "Authentication",
    about: "API keys: how to send, keep and revoke them.",
  },
  {
    href: "/docs/integrations",
    label: "Integrations",
    about: "OpenAI and Anthropic SDKs, Claude Code, Cursor, AI SDK, LangChain, LlamaIndex, LiteLLM, curl.",
  },
  {
    href: "/docs/chat-completions",
    label: "Chat completions",
    about: "The endpoint, streaming, usage and headers.",
  },
  {
    href: "/docs/streaming",
    label: "Streaming",
    about: "Server-sent events, usage in the last chunk, errors in mid-stream, leaving early.",
  },
  {
    href: "/docs/tools",
    label: "Tools",
    about: "Tool calls at every chat model: parallel, streamed, and what differs.",
  },
  {
    href: "/docs/structured-output",
    label: "Structured output",
    about: "Answers that follow a JSON schema, at every provider that can.",
  },
  {
    href: "/docs/reasoning",
    label: "Reasoning",
    about: "Effort, thoughts and their signatures, and what reasoning tokens cost.",
  },
  {
    href: "/docs/vision",
    label: "Pictures and files",
    about: "Images, PDFs and audio in a prompt, and how they are counted.",
  },
  {
    href: "/docs/prompt-caching",
    label: "Prompt caching",
    about: "Cached input at its own price, cache marks, and sessions that stay with a provider.",
  },
  {
    href: "/docs/messages",
    label: "Messages",
    about: "Anthropic's API for every model, and Claude Code.",
  },
  {
    href: "/docs/responses",
    label: "Responses",
    about: "OpenAI's Responses API at every chat model, and what is kept.",
  },
  {
    href: "/docs/protocols",
    label: "Protocols",
    about: "What passes through, what is carried between protocols, and what is refused.",
  },
  {
    href: "/docs/embeddings",
    label: "Embeddings and rerank",
    about: "Embeddings, rerank and moderations: inputs, encodings and what is billed.",
  },
  {
    href: "/docs/images-and-audio",
    label: "Images and audio",
    about: "Images, speech, transcriptions and translations, each at its own unit of price.",
  },
  {
    href: "/docs/videos",
    label: "Videos",
    about: "Videos as jobs: create, poll, download, and one charge on completion.",
  },
  {
    href: "/docs/routing",
    label: "Routing",
    about: "Order, fallbacks, policies, health, attempts and timeouts.",
  },
  { href: "/docs/errors", label: "Errors", about: "Every error code, its status, and what to do." },
  { href: "/docs/balance", label: "Balance and receipts", about: "Hold, settle, and units × price version." },
  {
    href: "/docs/billing",
    label: "Billing",
    about: "Orders, cards, invoices, refunds, auto-recharge and commitments.",
  },
  {
    href: "/docs/partners",
    label: "Partners",
    about: "Referral links, commission, the hold period, and payouts.",
  },
  {
    href: "/docs/quote",
    label: "Quote and price lock",
    about: "What a request would cost and who would answer it, and a price held for ten minutes.",
  },
  {
    href: "/docs/limits",
    label: "Budgets and rate limits",
    about: "Hard and soft budgets, alerts, rate limits, a limit per call, and charging once.",
  },
  {
    href: "/docs/organizations",
    label: "Organizations",
    about: "Members, roles, policies, approval of top-ups, rotation of keys, usage by API.",
  },
  {
    href: "/docs/account",
    label: "Your account",
    about: "Signing in, two-factor sign-in, sessions, export, and deletion.",
  },
  {
    href: "/docs/policies",
    label: "Policies",
    about: "What an organization allows its keys and members, and where each rule is enforced.",
  },
  {
    href: "/docs/audit",
    label: "Audit trail",
    about: "What is recorded, how it is chained, and how to verify an export.",
  },
  {
    href: "/docs/receipts",
    label: "Verify a receipt",
    about: "Signed receipts, sealed blocks, and checks that need nothing of ours.",
  },
  {
    href: "/docs/webhooks",
    label: "Webhooks",
    about: "Signed events: verification, retries, and every event with a sample.",
  },
  {
    href: "/docs/api",
    label: "API reference",
    about: "The management API with scoped keys, and the OpenAPI document.",
  },
  {
    href: "/docs/security",
    label: "Security",
    about: "Keys, sessions, data, webhooks: what is done to keep them, and how to report a weakness.",
  },
  { href: "/docs/self-hosting", label: "Self-hosting", about: "Run the whole product on your own machine." },
  { href: "/docs/changelog", label: "What works today", about: "What is open, and what is in preparation." },
] as const;

export type DocsPage = (typeof DOCS_PAGES)[number];

/** The sidebar: pages by what a reader is after. A page that no section names stands in the last one. */
const SECTIONS: readonly { readonly title: string; readonly paths: readonly string[] }[] = [
  { title: "Start", paths: ["", "/quickstart", "/concepts", "/authentication", "/integrations"] },
  {
    title: "Generate",
    paths: [
      "/chat-completions",
      "/streaming",
      "/tools",
      "/structured-output",
      "/reasoning",
      "/vision",
      "/prompt-caching",
      "/responses",
      "/messages",
      "/embeddings",
      "/images-and-audio",
      "/videos",
      "/protocols",
    ],
  },
  { title: "Routing and errors", paths: ["/routing", "/errors"] },
  { title: "Money", paths: ["/balance", "/billing", "/quote", "/limits", "/receipts"] },
  { title: "Teams", paths: ["/organizations", "/policies", "/audit", "/webhooks"] },
  { title: "More", paths: ["/api", "/security", "/self-hosting", "/changelog"] },
];

/** Sections in reading order, each with its pages; together every page once. */
export function docsSections(): readonly { readonly title: string; readonly pages: readonly DocsPage[] }[] {
  const placed = new Set<string>(SECTIONS.flatMap(({ paths }) => paths.map((path) => `/docs${path}`)));
  return SECTIONS.map(({ title, paths }, index) => ({
    title,
    pages: DOCS_PAGES.filter(
      ({ href }) =>
        paths.some((path) => href === `/docs${path}`) || (index === SECTIONS.length - 1 && !placed.has(href)),
    ),
  }));
}
