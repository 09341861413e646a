"use client";

import { THEME_KEY } from "./theme-script";
import { useRemembered } from "./use-remembered";

export type Theme = "system" | "light" | "dark";

/** The reader's choice. The script in the root layout listens to it and sets the theme. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [remembered, remember] = useRemembered(THEME_KEY);
  return [remembered === "light" || remembered === "dark" ? remembered : "system", remember];
}
