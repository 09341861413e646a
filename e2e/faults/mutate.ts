import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { applyEdit, MUTATIONS, type Mutation } from "./mutations";

/**
 * `npm run mutate`: removes each guard of the money in turn, in a copy of the sources, and shows the test that notices. Ends
 * with 1 when a guard can be removed and everything stays green. `-- WORD` tries only the guards that have the word, and puts
 * their rows into the report in place of the old ones.
 */
const REPORT = "e2e/faults/MUTATIONS.md";
const [word] = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ guard }) => !word || guard.includes(word));

interface Verdict {
  readonly isGreen: boolean;
  readonly caughtBy: string;
}

function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), "mutate-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  for (const path of listed.toString().split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(path, join(copy, path));
  }
  symlinkSync(join(process.cwd(), "node_modules"), join(copy, "node_modules"));
  return copy;
}

interface VitestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function runTest(copy: string, test: string): Verdict {
  const output = join(copy, "report.json");
  rmSync(output, { force: true });
  const config = test.startsWith("e2e/") ? "e2e/faults/vitest.config.ts" : "vitest.config.ts";
  const args = ["--no-install", "vitest", "run", "--config", config, test];
  const report = ["--bail=1", "--reporter=json", `--outputFile=${output}`];
  const { status } = spawnSync("npx", [...args, ...report], { cwd: copy, stdio: "ignore" });
  if (status === 0) return { isGreen: true, caughtBy: "" };
  const { testResults } = JSON.parse(readFileSync(output, "utf8")) as VitestReport;
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find((one) => one.status === "failed");
  // A file that cannot even begin has noticed nothing.
  if (!failed) throw new Error(`${test} did not run: ${testResults[0]?.message ?? "no result"}`);
  return { isGreen: false, caughtBy: failed.fullName.trim() };
}

function withoutGuard(copy: string, { edits, test }: Mutation): Verdict {
  const kept = new Map<string, string>();
  try {
    for (const edit of edits) {
      const { path, text } = applyEdit(copy, edit);
      if (!kept.has(path)) kept.set(path, readFileSync(path, "utf8"));
      writeFileSync(path, text);
    }
    return runTest(copy, test);
  } finally {
    for (const [path, text] of kept) writeFileSync(path, text);
  }
}

const copy = copySources();
try {
  for (const test of new Set(chosen.map((mutation) => mutation.test))) {
    if (!runTest(copy, test).isGreen) throw new Error(`${test} is red as it is`);
  }
  const rows = chosen.map((mutation) => {
    const { isGreen, caughtBy } = withoutGuard(copy, mutation);
    const row = `| ${mutation.guard} | ${isGreen ? "**nobody**" : caughtBy} | \`${mutation.test}\` |`;
    process.stdout.write(`${row}\n`);
    process.exitCode = isGreen ? 1 : process.exitCode;
    return row;
  });
  writeFileSync(REPORT, toReport(inOrder([...rowsOf(readFileSync(REPORT, "utf8")), ...rows])));
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function rowsOf(report: string): readonly string[] {
  return report.split("\n").filter((line) => line.startsWith("| ") && !/^\| (guard|---) /.test(line));
}

/** The last row of each guard that there still is, in the order of the list. */
function inOrder(rows: readonly string[]): readonly string[] {
  const byGuard = new Map(rows.map((row) => [row.split(" | ")[0]?.slice(2) ?? "", row]));
  return MUTATIONS.flatMap(({ guard }) => byGuard.get(guard) ?? []);
}

function toReport(rows: readonly string[]): string {
  return `# Guards and what notices when they are gone (T22)

Written by \`npm run mutate\`; do not edit. Each guard was removed alone, in a copy of the sources whose tests were green before.
A row is of the last run that tried its guard (\`npm run mutate -- WORD\`).

| guard | caught by | in |
| --- | --- | --- |
${rows.join("\n")}
`;
}
