import { Link } from "./link";
import { Logo } from "./logo";

const COLUMNS = [
  {
    title: "Product",
    links: [
      { href: "/models", label: "Models" },
      { href: "/models/compare", label: "Compare models" },
      { href: "/pricing", label: "Pricing" },
      { href: "/enterprise", label: "Enterprise" },
      { href: "/status", label: "Status" },
      { href: "/changelog", label: "Changelog" },
    ],
  },
  {
    title: "Developers",
    links: [
      { href: "/docs/quickstart", label: "Quickstart" },
      { href: "/docs/api", label: "API reference" },
      { href: "/docs/errors", label: "Errors" },
      { href: "/docs/self-hosting", label: "Self-hosting" },
      { href: "/blog", label: "Blog" },
      { href: "/docs/changelog", label: "What works today" },
    ],
  },
  {
    title: "Company",
    links: [
      { href: "/support", label: "Support" },
      { href: "/legal/terms", label: "Terms" },
      { href: "/legal/privacy", label: "Privacy" },
      { href: "/legal/refunds", label: "Refunds" },
      { href: "/legal/sub-processors", label: "Sub-processors" },
    ],
  },
] as const;

/** The foot of every public page. */
export function SiteFooter() {
  return (
    <footer className="mt-auto border-line border-t bg-sunken">
      <div className="mx-auto grid max-w-6xl gap-10 px-4 py-12 sm:px-6 grid-cols-2 md:grid-cols-[1.6fr_1fr_1fr_1fr]">
        <div className="col-span-2 grid content-start gap-3 md:col-span-1">
          <Logo />
          <p className="max-w-[36ch] text-ink-2 text-sm leading-6">
            One OpenAI-compatible endpoint in front of every model and provider, paid for from a prepaid
            balance.
          </p>
        </div>
        {COLUMNS.map((column) => (
          <nav key={column.title} aria-label={column.title}>
            <p className="mb-3 font-medium text-sm">{column.title}</p>
            <ul className="grid gap-1.5">
              {column.links.map((link) => (
                <li key={link.href}>
                  <Link
                    href={link.href}
                    className="inline-block py-0.5 text-ink-2 text-sm transition-colors hover:text-ink"
                  >
                    {link.label}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        ))}
      </div>
    </footer>
  );
}
