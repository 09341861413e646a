import { Card } from "@/app/_ui/card";
import { Money } from "@/app/_ui/money";
import { toCount, toDuration } from "../_format/numbers";
import type { Usage, UsageRow } from "./series";

/** The sums of the span, and how they compare with the same number of days before. */
export function UsageTotals({ usage, days }: { readonly usage: Usage; readonly days: number }) {
  const cost = usage.totals.reduce((sum, row) => sum + row.costNanoUsd, 0n);
  const tokens = usage.totals.reduce((sum, row) => sum + row.inputTokens + row.outputTokens, 0);
  const requests = usage.totals.reduce((sum, row) => sum + row.requests, 0);
  const latency = meanOf(usage.totals);
  const { before } = usage;
  const costBefore = before.reduce((sum, row) => sum + row.costNanoUsd, 0n);
  const tokensBefore = before.reduce((sum, row) => sum + row.inputTokens + row.outputTokens, 0);
  const requestsBefore = before.reduce((sum, row) => sum + row.requests, 0);
  return (
    <dl className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Tile name="Spend" change={changeOf(Number(cost), Number(costBefore), days)}>
        <Money nanoUsd={cost} precision="fine" />
      </Tile>
      <Tile name="Tokens" change={changeOf(tokens, tokensBefore, days)}>
        {toCount(tokens)}
      </Tile>
      <Tile name="Requests" change={changeOf(requests, requestsBefore, days)}>
        {toCount(requests)}
      </Tile>
      <Tile name="Mean latency" change={changeOf(latency ?? 0, meanOf(before) ?? 0, days)}>
        {latency === null ? "–" : toDuration(latency)}
      </Tile>
    </dl>
  );
}

/** Milliseconds over all requests; null when none was measured. */
function meanOf(rows: readonly UsageRow[]): number | null {
  const count = rows.reduce((sum, row) => sum + row.latency.count, 0);
  return count === 0 ? null : rows.reduce((sum, row) => sum + row.latency.sumMs, 0) / count;
}

function Tile(props: { readonly name: string; readonly change: string; readonly children: React.ReactNode }) {
  return (
    <Card className="grid content-start gap-1 p-4 sm:p-5">
      <dt className="text-ink-2 text-sm">{props.name}</dt>
      <dd className="text-xl tabular-nums sm:text-2xl">{props.children}</dd>
      <dd className="text-ink-2 text-sm">{props.change}</dd>
    </Card>
  );
}

function changeOf(now: number, before: number, days: number): string {
  const earlier = days === 1 ? "day before" : `${days} days before`;
  if (before === 0) return `Nothing in the ${earlier}`;
  const percent = Math.round(((now - before) / before) * 100);
  return `${percent > 0 ? "+" : ""}${percent} % against the ${earlier}`;
}
