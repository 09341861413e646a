"use client";

import { usePathname } from "next/navigation";
import { cn } from "./cn";
import { Link } from "./link";

/** A link of the head that knows whether the reader is in its part of the site. */
export function SiteNavLink({ href, label }: { readonly href: string; readonly label: string }) {
  const pathname = usePathname();
  const isHere = pathname === href || pathname.startsWith(`${href}/`);
  return (
    <Link
      href={href}
      aria-current={isHere ? (pathname === href ? "page" : "true") : undefined}
      className={cn(
        "rounded-md px-2.5 py-1.5 text-sm transition-colors hover:text-ink",
        isHere ? "font-medium text-ink" : "text-ink-2",
      )}
    >
      {label}
    </Link>
  );
}
