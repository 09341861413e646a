"use client";

import { Menu as MenuIcon } from "lucide-react";
import { Link } from "./link";
import { Popover } from "./popover";
import { SITE_LINKS } from "./site-links";

const LINKS = [
  ...SITE_LINKS,
  { href: "/sign-in", label: "Sign in" },
  { href: "/sign-up", label: "Start building" },
] as const;

/** The site's links on narrow screens. */
export function SiteMenu() {
  return (
    <Popover
      label="Open menu"
      icon={<MenuIcon aria-hidden="true" />}
      buttonClassName="size-9 md:hidden"
      className="min-w-56"
    >
      <nav aria-label="Menu">
        <ul>
          {LINKS.map(({ href, label }) => (
            <li
              key={href}
              className="nth-last-2:mt-1 nth-last-2:border-line nth-last-2:border-t nth-last-2:pt-1"
            >
              <Link
                href={href}
                onClick={(event) => event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover()}
                className="flex min-h-9 items-center rounded-md px-2.5 py-1 text-sm hover:bg-hover focus-visible:-outline-offset-2"
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </Popover>
  );
}
