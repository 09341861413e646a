"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "./icon-button";
import { Menu, MenuRadio } from "./menu";
import { type Theme, useTheme } from "./use-theme";

const OPTIONS = [
  { value: "system", label: "System", icon: <Monitor aria-hidden="true" /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden="true" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden="true" /> },
] as const;

/** The three themes as part of a menu. */
export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <MenuRadio
      label="Theme"
      value={theme}
      onValueChange={(next) => setTheme(next as Theme)}
      options={OPTIONS}
    />
  );
}

/** A button of its own for the theme. */
export function ThemeToggle() {
  const icon = (
    <>
      <Sun aria-hidden="true" className="dark:hidden" />
      <Moon aria-hidden="true" className="hidden dark:block" />
    </>
  );
  return (
    <Menu trigger={<IconButton label="Theme" icon={icon} />} className="min-w-36">
      <ThemeChoice />
    </Menu>
  );
}
