import type { Page } from "playwright/test";
import { showTheme } from "../journeys/support/pages";

/** One picture in each theme; a dialog as it is seen, everything else in its whole length. */
export async function shoot(page: Page, width: string, name: string): Promise<void> {
  const file = name.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "home";
  for (const colorScheme of ["light", "dark"] as const) {
    await showTheme(page, colorScheme);
    await page.screenshot({
      path: `.data/pictures/${file}.${width}.${colorScheme}.png`,
      fullPage: !name.startsWith("dialog"),
    });
  }
}
