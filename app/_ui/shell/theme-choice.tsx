"use client";

import { MenuRadio } from "../menu";
import { THEME_OPTIONS } from "../theme-options";
import { type Theme, useTheme } from "../use-theme";

/** The three themes as part of a menu. */
export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <MenuRadio
      label="Theme"
      value={theme}
      onValueChange={(next) => setTheme(next as Theme)}
      options={THEME_OPTIONS}
    />
  );
}
