import { cpus } from "node:os";
import type { Summary } from "./routing-load";

export interface Row {
  readonly name: string;
  readonly own: Summary;
  readonly sentPerSecond: number;
  /** Null when calls were not counted, because who counts them was killed. */
  readonly callsPerRequest: number | null;
  /** Null in the short form. */
  readonly theirs: Summary | null;
}

const percent = ({ goodShare }: Summary) => `${(Math.floor(goodShare * 10_000) / 100).toFixed(2)} %`;
const times = ({ p50Ms, p99Ms }: Summary) => `${p50Ms} / ${p99Ms}`;

export function toTable(rows: readonly Row[]): string {
  const cells = ({ name, own, sentPerSecond, callsPerRequest, theirs }: Row) => [
    ...[name, String(own.requests), sentPerSecond.toFixed(0), percent(own), times(own)],
    callsPerRequest === null ? "–" : callsPerRequest.toFixed(2),
    ...(theirs ? [percent(theirs), times(theirs)] : ["–", "–"]),
  ];
  return [
    "| one of three providers: | requests each | sent per second | ours, good | ms p50 / p99 | calls per request | Portkey's fallback, good | ms p50 / p99 |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map((row) => `| ${cells(row).join(" | ")} |`),
  ].join("\n");
}

interface Circumstances {
  readonly perSecond: number;
  readonly seconds: number;
  readonly firstTokenTimeoutMs: number;
  /** Load average of the machine before the run, over one minute. */
  readonly loadBefore: number;
  /** Share of one core, by who used it, without a fault. */
  readonly shares: Readonly<Record<string, number>>;
  readonly backAfterMs: number | null;
}

export function toReport(table: string, facts: Circumstances): string {
  const { perSecond, seconds, firstTokenTimeoutMs, loadBefore, shares, backAfterMs } = facts;
  const used = Object.entries(shares).map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`);
  return `# Routing under load

Written by \`npm run scenarios\` (after \`npm run build\`); do not edit. ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}.
Load average of the machine when the run began: ${loadBefore.toFixed(1)}${loadBefore > 0.5 * cpus().length ? " (**not a quiet machine: compare shares, not milliseconds**)" : ""}.

Three providers of one model, each a simulator in a process of its own; the first choice misbehaves from the first request on, or
is killed in mid-run. An open loop of ${perSecond} streamed requests a second for ${seconds} s, first to our production build with billing on, then to
\`@portkey-ai/gateway\` with its fallback over the same three and a \`request_timeout\` of ${firstTokenTimeoutMs / 1_000} s, on the same machine in the same run.
**Good** is an answer to its end with a finish reason and no error inside. After each run the log is compared with what the
providers received: as many calls as attempts listed, none after something had been delivered, and no charge where nobody
answered; at the end the books are audited (nothing lost, nothing charged twice).

${table}

Back at the first provider ${backAfterMs === null ? "–" : `${backAfterMs} ms`} after it was mended; a first ejection lasts 5,000 ms.
Without a fault, of one core: ${used.join(", ")}.
`;
}
