"use client";

import { ChevronDown } from "lucide-react";
import { usePathname } from "next/navigation";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { DOCS_PAGES, docsSections } from "./pages";

/** The sidebar of the docs; on phones it is folded under the name of the page. */
export function DocsNav() {
  const pathname = usePathname();
  const current = DOCS_PAGES.find(({ href }) => href === pathname);
  return (
    <nav aria-label="Docs">
      {/* A new page folds the list again. */}
      <details key={pathname} className="group surface lg:hidden">
        <summary className="flex cursor-pointer list-none items-center justify-between gap-2 px-4 py-2.5 font-medium text-sm [&::-webkit-details-marker]:hidden">
          {current?.label ?? "Pages"}
          <ChevronDown
            aria-hidden="true"
            className="size-4 text-ink-2 transition-transform group-open:rotate-180"
          />
        </summary>
        <div className="border-line border-t px-4 py-3">
          <Sections pathname={pathname} />
        </div>
      </details>
      <div className="hidden lg:block">
        <Sections pathname={pathname} />
      </div>
    </nav>
  );
}

function Sections({ pathname }: { readonly pathname: string }) {
  return docsSections().map(({ title, pages }) => (
    <div key={title} className="mb-5 last:mb-0">
      <p className="mb-1 font-medium text-ink-3 text-xs">{title}</p>
      <ul className="grid gap-0.5">
        {pages.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className={cn(
                "-ml-2.5 block rounded-md px-2.5 py-1.5 text-sm transition-colors hover:text-ink",
                pathname === href ? "bg-hover font-medium text-ink" : "text-ink-2",
              )}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ));
}
