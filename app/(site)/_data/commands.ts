import { serverApi } from "@/app/_trpc/server";
import type { Command } from "@/app/_ui/commands/command";
import { POSTS } from "../blog/_parts/posts";
import { DOCS_PAGES } from "../docs/_parts/pages";
import { LEGAL_PAGES } from "../legal/_parts/pages";

const PAGES = [
  { href: "/", label: "Home" },
  { href: "/models", label: "Models" },
  { href: "/models/compare", label: "Compare models" },
  { href: "/pricing", label: "Pricing" },
  { href: "/pricing#calculator", label: "Cost calculator" },
  { href: "/enterprise", label: "Enterprise" },
  { href: "/status", label: "Status" },
  { href: "/blog", label: "Blog" },
  { href: "/changelog", label: "Changelog" },
  { href: "/support", label: "Support" },
] as const;

export async function answerCommands(): Promise<Response> {
  const api = await serverApi();
  const models = await api.catalog.models();
  const commands: readonly Command[] = [
    ...[...PAGES, ...LEGAL_PAGES].map(({ href, label }) => ({ group: "Pages", href, label })),
    ...DOCS_PAGES.map(({ href, label, about }) => ({ group: "Docs", href, label, words: about })),
    ...models.map(({ slug, name }) => ({
      group: "Models",
      href: `/models/${slug}`,
      label: name,
      words: slug,
    })),
    ...POSTS.map(({ slug, title, description }) => {
      return { group: "Blog", href: `/blog/${slug}`, label: title, words: description };
    }),
  ];
  return Response.json(commands, { headers: { "cache-control": "public, max-age=60" } });
}
