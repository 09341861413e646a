import type { inferRouterOutputs } from "@trpc/server";
import type { ReactNode } from "react";
import { StatusBadge } from "@/app/_ui/status-badge";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import type { AppRouter } from "@/server/trpc";
import { STATUS_WORDS } from "../../status/_parts/status-words";

export type PublicHealth = inferRouterOutputs<AppRouter>["health"]["model"][number];

interface EndpointHealthProps {
  readonly provider: string;
  readonly health: PublicHealth;
}

/** How a provider answers, and what it does with prompts. */
export function EndpointHealth({ provider, health }: EndpointHealthProps) {
  const { windows, dataPolicy } = health;
  const word = STATUS_WORDS[health.status];
  return (
    <div className="border-line border-b">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 px-4 py-3 text-sm sm:grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))]">
        <Figure name="Now">
          <StatusBadge tone={word.tone}>{word.label}</StatusBadge>
        </Figure>
        <Figure name="Trains on prompts">{yesNo(dataPolicy.trainsOnPrompts)}</Figure>
        <Figure name="Keeps prompts">{retention(dataPolicy.retentionDays)}</Figure>
        <Figure name="Regions">
          {dataPolicy.regions.length === 0 ? "unknown" : dataPolicy.regions.join(", ")}
        </Figure>
      </dl>
      {windows.last1d.requests + windows.last5m.requests === 0 ? (
        <p className="px-4 pb-3 text-ink-2 text-sm">
          No traffic in the last day: uptime, latency and throughput appear with the first requests.
        </p>
      ) : (
        <Windows provider={provider} windows={windows} />
      )}
    </div>
  );
}

type Windows = PublicHealth["windows"];

const SPANS = [
  { key: "last5m", name: "5 min" },
  { key: "last30m", name: "30 min" },
  { key: "last1d", name: "1 day" },
] as const satisfies readonly { key: keyof Windows; name: string }[];

const ROWS: readonly { name: string; of: (seen: Windows["last5m"]) => string }[] = [
  { name: "Uptime", of: ({ successShare }) => uptime(successShare) },
  { name: "First token", of: (seen) => durations(seen.firstTokenMsP50, seen.firstTokenMsP95) },
  { name: "Whole answer", of: (seen) => durations(seen.durationMsP50, seen.durationMsP95) },
  { name: "Tokens/s", of: (seen) => rates(seen.tokensPerSecondP50, seen.tokensPerSecondP95) },
];

function Windows({ provider, windows }: { readonly provider: string; readonly windows: Windows }) {
  return (
    <Table
      caption={`How ${provider} answers; latency and throughput as median / 95th percentile`}
      hideCaption
      className="border-line border-t max-sm:text-xs max-sm:[&_td:last-child]:pr-4 max-sm:[&_td]:px-1 max-sm:[&_th:first-child]:pl-4 max-sm:[&_th:last-child]:pr-4 max-sm:[&_th]:px-1 [&_td]:py-2 [&_th]:py-2"
    >
      <TableHead>
        <tr>
          <HeaderCell>p50 / p95</HeaderCell>
          {SPANS.map(({ key, name }) => (
            <HeaderCell key={key} align="right">
              {name}
            </HeaderCell>
          ))}
        </tr>
      </TableHead>
      <TableBody>
        {ROWS.map(({ name, of }) => (
          <tr key={name}>
            <RowHeader className="whitespace-nowrap">{name}</RowHeader>
            {SPANS.map(({ key }) => (
              <Cell key={key} align="right" className="whitespace-nowrap">
                {of(windows[key])}
              </Cell>
            ))}
          </tr>
        ))}
      </TableBody>
    </Table>
  );
}

export const NOT_KNOWN = "–";
const MS = 1_000;

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="grid content-start gap-0.5">
      <dt className="text-ink-2 text-xs">{name}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

/** Rounded down: what failed is not rounded away. */
export function uptime(share: number | null): string {
  return share === null ? NOT_KNOWN : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/** Two of one unit name it once: four columns have to fit a phone. */
function durations(p50: number | null, p95: number | null): string {
  if (p50 === null || p95 === null) return NOT_KNOWN;
  const [low, high] = [duration(p50), duration(p95)];
  const unit = low.slice(low.indexOf(" "));
  return high.endsWith(unit) ? `${low.slice(0, -unit.length)} / ${high}` : `${low} / ${high}`;
}

function rates(p50: number | null, p95: number | null): string {
  return p50 === null || p95 === null ? NOT_KNOWN : `${Math.round(p50)} / ${Math.round(p95)}`;
}

export function duration(ms: number): string {
  return ms < MS ? `${Math.round(ms)} ms` : `${(ms / MS).toFixed(1)} s`;
}

function yesNo(value: boolean | null): string {
  if (value === null) return "unknown";
  return value ? "yes" : "no";
}

function retention(days: number | null): string {
  if (days === null) return "unknown";
  if (days === 0) return "no";
  return `${days} ${days === 1 ? "day" : "days"}`;
}
