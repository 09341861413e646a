"use client";

import { Menu as MenuIcon } from "lucide-react";
import { IconButton } from "./icon-button";
import { Menu, MenuLink, MenuSeparator } from "./menu";
import { SITE_LINKS } from "./site-links";

/** The site's links on narrow screens. */
export function SiteMenu() {
  return (
    <Menu
      className="min-w-56"
      trigger={
        <IconButton label="Open menu" className="size-9 md:hidden" icon={<MenuIcon aria-hidden="true" />} />
      }
    >
      {SITE_LINKS.map((link) => (
        <MenuLink key={link.href} href={link.href}>
          {link.label}
        </MenuLink>
      ))}
      <MenuSeparator />
      <MenuLink href="/sign-in">Sign in</MenuLink>
      <MenuLink href="/sign-up">Start building</MenuLink>
    </Menu>
  );
}
