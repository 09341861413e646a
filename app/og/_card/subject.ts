import { serverApi } from "@/app/_trpc/server";
import { formatMoney } from "@/app/_ui/format-money";
import { basePrice, cheapestEndpoint, toTokenCount } from "@/app/(site)/_data/catalog";
import { POSTS } from "@/app/(site)/blog/_parts/posts";
import { DOCS_PAGES } from "@/app/(site)/docs/_parts/pages";
import { LEGAL_PAGES } from "@/app/(site)/legal/_parts/pages";
import { orNull } from "@/app/mailbox/or-null";

/** What the preview of a page says. */
export interface Subject {
  readonly section: string;
  readonly title: string;
  readonly facts: readonly string[];
}

const PAGES: Readonly<Record<string, Subject>> = {
  "/": {
    section: "AI gateway",
    title: "One endpoint for every model. One balance that pays for it.",
    facts: ["OpenAI-compatible", "Prepaid", "Signed receipts"],
  },
  "/models": {
    section: "Models",
    title: "Every model, every provider, every price",
    facts: ["Filter", "Compare", "Price history"],
  },
  "/models/compare": { section: "Models", title: "Models side by side", facts: [] },
  "/pricing": {
    section: "Pricing",
    title: "Add funds for metered model usage",
    facts: ["From $10", "No subscription"],
  },
  "/status": { section: "Status", title: "Providers, measured by real requests", facts: ["90 days"] },
  "/enterprise": {
    section: "Enterprise",
    title: "Committed spend, on terms that you have in writing",
    facts: [],
  },
  "/support": { section: "Support", title: "Write to us", facts: [] },
  "/blog": { section: "Blog", title: "How a prepaid gateway works inside", facts: [] },
  "/changelog": { section: "Changelog", title: "What changed", facts: [] },
};

/** Null for what is no public page: nobody gets pictures of ours with words of their own. */
export async function subjectOf(path: string): Promise<Subject | null> {
  if (Object.hasOwn(PAGES, path)) return PAGES[path] ?? null;
  const post = POSTS.find(({ slug }) => path === `/blog/${slug}`);
  if (post) return { section: "Blog", title: post.title, facts: [post.date, ...post.tags] };
  const doc = DOCS_PAGES.find(({ href }) => href === path);
  if (doc) return { section: "Docs", title: doc.label, facts: [] };
  const legal = LEGAL_PAGES.find(({ href }) => href === path);
  if (legal) return { section: "Legal", title: legal.label, facts: [] };
  return path.startsWith("/models/") ? modelSubject(path.slice("/models/".length)) : null;
}

async function modelSubject(slug: string): Promise<Subject | null> {
  const api = await serverApi();
  const model = await orNull(api.catalog.model({ slug: slug.slice(0, 200) }));
  if (!model) return null;
  const endpoint = cheapestEndpoint(model);
  const price = (unit: "input" | "output", label: string) => {
    const nanoUsd = endpoint && basePrice(endpoint, unit);
    return nanoUsd === null ? [] : [`${formatMoney(nanoUsd).text} per 1M ${label}`];
  };
  const facts = [
    `${toTokenCount(model.contextLength)} context`,
    ...price("input", "input"),
    ...price("output", "output"),
  ];
  return { section: model.slug, title: model.name, facts };
}
