import { Link } from "@/app/_ui/link";
import { DOCS_PAGES } from "./pages";

/** The other pages of the docs, with what they are about. */
export function PageList() {
  return (
    <ul className="mt-4 grid gap-3 sm:grid-cols-2">
      {DOCS_PAGES.slice(1).map(({ href, label, about }) => (
        <li key={href}>
          <Link
            href={href}
            className="surface grid h-full content-start gap-0.5 p-4 transition-colors hover:border-line-strong"
          >
            <span className="font-medium">{label}</span>
            <span className="text-ink-2 text-sm">{about}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
