import { writeFileSync } from "node:fs";
import type { Reporter, TestCase } from "vitest/node";

const REPORT = "e2e/clients/README.md";

declare module "vitest" {
  interface TaskMeta {
    cell?: { readonly client: string; readonly model: string; readonly task: string };
  }
}

/** Collects what each client could do into a table; `CLIENTS_REPORT=1` writes it down. */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter from the default export of its file
export default class MatrixReporter implements Reporter {
  private readonly cells = new Map<string, Map<string, string>>();
  private readonly tasks = new Set<string>();

  onTestCaseResult(test: TestCase): void {
    const { cell } = test.meta();
    if (!cell) return;
    const row = `${cell.client} | ${cell.model}`;
    const cells = this.cells.get(row) ?? new Map<string, string>();
    this.cells.set(row, cells.set(cell.task, test.result().state === "passed" ? "yes" : "**no**"));
    this.tasks.add(cell.task);
  }

  onTestRunEnd(): void {
    const tasks = [...this.tasks];
    const table = [
      `| client | model | ${tasks.join(" | ")} |`,
      `| --- | --- |${" --- |".repeat(tasks.length)}`,
      ...[...this.cells].map(
        ([row, cells]) => `| ${row} | ${tasks.map((task) => cells.get(task) ?? "").join(" | ")} |`,
      ),
    ].join("\n");
    process.stdout.write(`\n${table}\n\n`);
    if (process.env.CLIENTS_REPORT) writeFileSync(REPORT, toReport(table));
  }
}

function toReport(table: string): string {
  return `# Client matrix

Written by \`npm run clients\` (after \`npm run build\`); do not edit. ${new Date().toISOString().slice(0, 10)}, Node ${process.version}.

The clients that people use, as they are published, pointed at the production build by base URL and key alone. The
provider is the simulator, in the protocol of each model's own provider: chat completions, Anthropic's Messages, Gemini.
Each row ends with the books: every request is settled once, and the balance is what the receipts say.

- **abort**: the client leaves in mid-stream; the provider is left within a second, and only what was delivered is charged.
- **error**: a model that does not exist; the client's own error tells status 404 and the message.

${table}
`;
}
