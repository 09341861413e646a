"use client";

import { Moon, Sun } from "lucide-react";
import { Popover } from "./popover";
import { THEME_OPTIONS } from "./theme-options";
import { useTheme } from "./use-theme";

/** The three themes behind a button of their own. Choosing leaves them open, so that the effect can be seen. */
export function ThemeToggle() {
  const [theme, setTheme] = useTheme();
  const icon = (
    <>
      <Sun aria-hidden="true" className="dark:hidden" />
      <Moon aria-hidden="true" className="hidden dark:block" />
    </>
  );
  return (
    <Popover label="Theme" icon={icon} className="min-w-36">
      <fieldset>
        <legend className="px-2.5 pt-1.5 pb-1 text-ink-3 text-xs">Theme</legend>
        {THEME_OPTIONS.map(({ value, label, icon: picture }) => (
          <label
            key={value}
            className="flex min-h-8 select-none items-center gap-2.5 rounded-md px-2.5 py-1 text-sm hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:-outline-offset-2 [&_svg]:size-4 [&_svg]:text-ink-2"
          >
            {picture}
            <span className="flex-1">{label}</span>
            <input
              type="radio"
              name="theme"
              value={value}
              checked={theme === value}
              onChange={() => setTheme(value)}
              className="size-1.5 appearance-none rounded-full outline-none checked:bg-accent"
            />
          </label>
        ))}
      </fieldset>
    </Popover>
  );
}
