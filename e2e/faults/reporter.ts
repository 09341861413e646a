import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Reporter, TestCase, TestRunEndReason } from "vitest/node";

const REPORT = "e2e/faults/README.md";

/** Collects the figures of the fault tests into one table; the long form writes it down. */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter from the default export of its file
export default class FiguresReporter implements Reporter {
  private readonly rows: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const { figures } = test.meta();
    if (!figures) return;
    const verdict = test.result().state === "passed" ? "" : " **failed**";
    this.rows.push(
      `| ${figures.name}${verdict} | ${figures.injected} | ${figures.requests} | ${figures.lost} | ${figures.doubled} | ` +
        `${figures.overspentNanoUsd} | ${figures.note ?? ""} |`,
    );
  }

  onTestRunEnd(_modules: unknown, _errors: unknown, reason: TestRunEndReason): void {
    process.stdout.write(`\n${toTable(this.rows)}\n\n`);
    if (!process.env.FAULTS_LONG || reason !== "passed") return;
    const rows = process.env.FAULTS_PART ? replaced(readFileSync(REPORT, "utf8"), this.rows) : this.rows;
    writeFileSync(REPORT, toReport(toTable(rows)));
  }
}

const HEAD = [
  "| fault | injected | requests | lost | double | overspent (nano-USD) | |",
  "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
];

function toTable(rows: readonly string[]): string {
  return [...HEAD, ...rows].join("\n");
}

/** The rows of an older report with those of this run in place of their own; in the order of the names. */
function replaced(report: string, rows: readonly string[]): readonly string[] {
  const nameOf = (row: string) => row.split("|")[1]?.trim() ?? "";
  const old = report.split("\n").filter((line) => line.startsWith("| ") && !HEAD.includes(line));
  const byName = new Map([...old, ...rows].map((row) => [nameOf(row), row]));
  return [...byName.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b), "en", { numeric: true }));
}

function toReport(table: string): string {
  return `# Fault suite

Written by \`npm run faults\` (after \`npm run build\`); do not edit. ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}.

Most tests start the production build in a process of its own on a real Postgres, with the simulator as the provider, and
break something. Those of T1, T13, T17, T20 and T21, and the rows of T5 to T7 that name no server, put the settlement protocol alone
(gate, counters, ledger) on a real Postgres and a real Redis, where every step of it can be reached; between them and their stores
is a cable that can be pulled, slowed, cut or made to lie. Afterwards the books are read from the database: **lost** are requests that
a provider was called for and that have no record of how they ended or what they cost, **double** are requests recorded more than
once, **overspent** is what was spent above what was ever credited. Each test also ends with the invariants of the ledger
(\`check_invariants()\`), and fails unless all of them hold and the three columns are zero. \`npm test\` runs the same tests with
smaller numbers; sizes are set by \`FAULTS_TIMES\` (T1), \`FAULTS_PROCESSES\` and \`FAULTS_SECONDS\` (T2), \`FAULTS_CALLERS\` and \`FAULTS_ROUNDS\` (T12), \`FAULTS_RACE_REQUESTS\` (T13), \`FAULTS_RUNS\` (T20)
and \`FAULTS_SEEDS\` (T21). A row is of the last run of its part (\`npm run faults -- --part WORD\`). A run of T21 is repeated by \`npm run faults -- --seed N\`, one of T20 by \`TEST_SEED\`. What notices when a guard
is gone (T22) is in MUTATIONS.md. T10 and T11 (settled five times at once, settled after the expiry) are in
server/ledger/ledger.test.ts, T16 (Stripe's events) is in server/billing.

${table}
`;
}
