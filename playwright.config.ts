import { execFileSync } from "node:child_process";
import { defineConfig } from "playwright/test";

/** Playwright brings no browser along: the system's Chromium is used, as `.ci/tools.sh` found or installed it. */
const executablePath = process.env.CHROMIUM_PATH ?? findChromium();

/** The journeys, or with PICTURES set the walk that photographs every screen into .data/pictures. */
const testDir = process.env.PICTURES ? "e2e/pictures" : "e2e/journeys";

export default defineConfig({
  testDir,
  testMatch: "*.test.ts",
  outputDir: ".data/test-results",
  globalSetup: "./e2e/journeys/support/stack.global.ts",
  // One server and one database serve all tests: every test has an account of its own.
  workers: 2,
  fullyParallel: true,
  timeout: 90_000,
  expect: { timeout: 15_000, toPass: { timeout: 15_000 } },
  forbidOnly: Boolean(process.env.CI),
  // A click can fall into the one frame in which two panels change places; what fails twice is at fault. The report names both.
  retries: process.env.CI ? 1 : 0,
  reporter: "list",
  use: {
    baseURL: process.env.E2E_URL,
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    // Nothing waits for a transition, and what is judged stands still.
    contextOptions: { reducedMotion: "reduce" },
    permissions: ["clipboard-read", "clipboard-write"],
    // A trace photographs the page before and after every step, which costs as much as the steps: only when asked for.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-background-networking"] },
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1440, height: 900 } } },
    {
      name: "phone",
      grep: /@phone/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    },
  ],
});

/** @throws when there is no Chromium on the PATH */
function findChromium(): string {
  for (const name of ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next name may be there.
    }
  }
  throw new Error("No Chromium found: install it, or name one by CHROMIUM_PATH.");
}
