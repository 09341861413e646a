"use client";

import { ChevronsUpDown, LogOut, Settings } from "lucide-react";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "../menu";
import { ThemeChoice } from "./theme-choice";

export interface ShellUser {
  readonly name: string;
  readonly email: string;
}

interface UserMenuProps {
  readonly user: ShellUser;
  readonly onSignOut: () => void | Promise<void>;
}

/** Who is signed in, the theme, and the way out. */
export function UserMenu({ user, onSignOut }: UserMenuProps) {
  return (
    <Menu
      side="top"
      align="start"
      className="w-56"
      trigger={
        <button
          type="button"
          aria-label={`Account of ${user.email}`}
          title={user.email}
          className="flex w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-hover"
        >
          <span
            aria-hidden="true"
            className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft font-medium text-link text-xs uppercase"
          >
            {(user.name || user.email).slice(0, 1)}
          </span>
          <span className="min-w-0 flex-1 leading-5">
            <span className="block truncate text-sm">{user.name || user.email}</span>
            {user.name && <span className="block truncate text-ink-2 text-xs">{user.email}</span>}
          </span>
          <ChevronsUpDown aria-hidden="true" className="size-4 text-ink-3" />
        </button>
      }
    >
      <ThemeChoice />
      <MenuSeparator />
      <MenuLink href="/dashboard/settings">
        <Settings aria-hidden="true" />
        Account settings
      </MenuLink>
      <MenuItem onClick={() => void onSignOut()}>
        <LogOut aria-hidden="true" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
