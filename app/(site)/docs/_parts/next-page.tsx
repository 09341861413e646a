"use client";

import { ArrowRight } from "lucide-react";
import { usePathname } from "next/navigation";
import { Link } from "@/app/_ui/link";
import { DOCS_PAGES } from "./pages";

/** The page to read after this one. */
export function NextPage() {
  const pathname = usePathname();
  const index = DOCS_PAGES.findIndex(({ href }) => href === pathname);
  const next = DOCS_PAGES[index + 1];
  if (index < 0 || !next) return null;
  return (
    <Link
      href={next.href}
      className="surface mt-14 flex items-center justify-between gap-4 p-5 transition-colors hover:border-line-strong"
    >
      <span className="grid gap-0.5">
        <span className="text-ink-2 text-sm">Next</span>
        <span className="font-medium">{next.label}</span>
        <span className="text-ink-2 text-sm">{next.about}</span>
      </span>
      <ArrowRight aria-hidden="true" className="size-5 shrink-0 text-ink-2" />
    </Link>
  );
}
