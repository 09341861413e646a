import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig, type RunnerResult } from "lighthouse";
import { startStack } from "@/server/dev/stack";

/**
 * `npm run lighthouse` (after `npm run build`): the five kinds of public pages of the production build, as phone and
 * as desktop, the median of the runs, into LIGHTHOUSE.md. It measures the machine too: run it where nothing else works.
 */
const PAGES = [
  ["Home", "/"],
  ["Models", "/models"],
  ["Pricing", "/pricing"],
  ["Docs", "/docs/quickstart"],
  ["Blog", "/blog/what-prepaid-and-exact-means"],
] as const;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const FORMS = ["phone", "desktop"] as const;
const BAR = 95;
const RUNS = Number(process.env.LIGHTHOUSE_RUNS ?? 3);

type Scores = Readonly<Record<(typeof CATEGORIES)[number], number>>;
interface Row {
  readonly page: string;
  readonly form: string;
  readonly scores: Scores;
  readonly lcpMs: number;
  readonly cls: number;
  readonly blockedMs: number;
  /** Audits below 0.9 that cost points, of the last run. */
  readonly lost: readonly string[];
}

async function main(): Promise<void> {
  const stack = await startStack({ production: true });
  try {
    const rows: Row[] = [];
    for (const [page, path] of PAGES)
      for (const form of FORMS) {
        // The first visit compiles and fills caches; it is not what readers meet.
        await fetch(stack.url + path);
        const results: RunnerResult["lhr"][] = [];
        for (let run = 0; run < RUNS; run += 1) results.push(await measure(stack.url + path, form));
        const row = toRow(page, form, results);
        rows.push(row);
        console.log(
          `${page} (${form}): ${CATEGORIES.map((name) => row.scores[name]).join(" ")}`,
          row.lost.join("; "),
        );
      }
    writeFileSync("e2e/load/LIGHTHOUSE.md", toMarkdown(rows));
    const below = rows.filter(({ scores }) => CATEGORIES.some((name) => scores[name] < BAR));
    if (below.length > 0) process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}

async function measure(url: string, form: (typeof FORMS)[number]): Promise<RunnerResult["lhr"]> {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM_PATH ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim(),
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    const result = await lighthouse(
      url,
      { port: chrome.port, logLevel: "error", onlyCategories: [...CATEGORIES] },
      form === "desktop" ? desktopConfig : undefined,
    );
    if (!result) throw new Error(`Lighthouse answered nothing for ${url}.`);
    return result.lhr;
  } finally {
    chrome.kill();
  }
}

function toRow(page: string, form: string, results: readonly RunnerResult["lhr"][]): Row {
  const of = (read: (result: RunnerResult["lhr"]) => number | null | undefined) =>
    median(results.map((result) => read(result) ?? 0));
  const score = (name: (typeof CATEGORIES)[number]) =>
    Math.round(of((result) => result.categories[name]?.score) * 100);
  return {
    page,
    form,
    scores: {
      performance: score("performance"),
      accessibility: score("accessibility"),
      "best-practices": score("best-practices"),
      seo: score("seo"),
    },
    lcpMs: of((result) => result.audits["largest-contentful-paint"]?.numericValue),
    cls: of((result) => result.audits["cumulative-layout-shift"]?.numericValue),
    blockedMs: of((result) => result.audits["total-blocking-time"]?.numericValue),
    lost: lostAudits(results.at(-1)),
  };
}

function lostAudits(result: RunnerResult["lhr"] | undefined): string[] {
  if (!result) return [];
  const weighted = new Set(
    Object.values(result.categories).flatMap(({ auditRefs }) =>
      auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => id),
    ),
  );
  return Object.values(result.audits)
    .filter(({ id, score }) => weighted.has(id) && score !== null && score < 0.9)
    .map(({ id, score, displayValue }) => `${id} ${score}${displayValue ? ` (${displayValue})` : ""}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function toMarkdown(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ page, form, scores, lcpMs, cls, blockedMs }) =>
      `| ${page} | ${form} | ${CATEGORIES.map((name) => scores[name]).join(" | ")} | ${(lcpMs / 1_000).toFixed(1)} | ${cls.toFixed(3)} | ${Math.round(blockedMs)} |`,
  );
  return `# Lighthouse

Written by \`npm run lighthouse\` (after \`npm run build\`); do not edit. ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, median of ${RUNS}.
The production build behind the Node adapter, Lighthouse's own throttling for phones, Debian's Chromium. The bar is ${BAR} in all four.

| page | as | performance | accessibility | best practices | SEO | LCP s | CLS | blocked ms |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join("\n")}
`;
}

await main();
