"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "../cn";
import { Link } from "../link";

export interface NavItem {
  readonly href: string;
  readonly label: string;
  readonly icon: ReactNode;
  /** Is its own page only, not those below it. */
  readonly isExact?: boolean;
}

export interface NavGroup {
  /** Heading above the items; none for the first group. */
  readonly label?: string;
  readonly items: readonly NavItem[];
}

/** Where one can go. The item of the current page is marked for eyes and for screen readers. */
export function Nav({
  groups,
  onNavigate,
}: {
  readonly groups: readonly NavGroup[];
  readonly onNavigate?: () => void;
}) {
  const current = currentHref(
    usePathname(),
    groups.flatMap(({ items }) => items),
  );
  return (
    <nav aria-label="Dashboard" className="grid gap-5">
      {groups.map((group) => (
        <div key={group.label ?? "first"} className="grid gap-0.5">
          {group.label && <p className="px-2.5 pb-1 text-ink-3 text-xs">{group.label}</p>}
          {group.items.map((item) => (
            <Link
              key={item.href}
              href={item.href}
              onClick={onNavigate}
              aria-current={item.href === current ? "page" : undefined}
              className={cn(
                "flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors md:h-8 [&_svg]:size-4",
                item.href === current
                  ? "bg-hover font-medium text-ink"
                  : "text-ink-2 hover:bg-hover hover:text-ink",
              )}
            >
              {item.icon}
              {item.label}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

/** The longest item that the path is or lies below, so that an index page does not claim its children. */
function currentHref(pathname: string, items: readonly NavItem[]): string | undefined {
  return items
    .filter(({ href, isExact }) => pathname === href || (!isExact && pathname.startsWith(`${href}/`)))
    .map(({ href }) => href)
    .sort((a, b) => b.length - a.length)[0];
}
