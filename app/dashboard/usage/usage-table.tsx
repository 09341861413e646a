"use client";

import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Money } from "@/app/_ui/money";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { toCount, toDuration } from "../_format/numbers";
import { groupOf, nameOf, type Usage } from "./series";

interface UsageTableProps {
  readonly usage: Usage;
  readonly by: string;
  readonly onFilter: (id: string) => void;
}

/** The chart in numbers, dearest first. A name narrows the whole page to it. */
export function UsageTable({ usage, by, onFilter }: UsageTableProps) {
  const before = new Map(usage.before.map((row) => [groupOf(row), row.costNanoUsd]));
  return (
    <Card className="overflow-hidden p-0">
      <Table caption={`Usage by ${by}, dearest first`} hideCaption phone="stack">
        <TableHead>
          <tr>
            <HeaderCell className="capitalize">{by}</HeaderCell>
            <HeaderCell align="right">Requests</HeaderCell>
            <HeaderCell align="right">Failed</HeaderCell>
            <HeaderCell align="right">Input tokens</HeaderCell>
            <HeaderCell align="right">Of them cached</HeaderCell>
            <HeaderCell align="right">Output tokens</HeaderCell>
            <HeaderCell align="right">Latency</HeaderCell>
            <HeaderCell align="right">Spend</HeaderCell>
            <HeaderCell align="right">Spend before</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {usage.totals.map((row) => {
            const id = groupOf(row);
            const name = nameOf(id, usage.names);
            return (
              <tr key={id}>
                <RowHeader>
                  {id === "" ? (
                    name
                  ) : (
                    <Button
                      variant="ghost"
                      size="sm"
                      className="-ml-3"
                      onClick={() => onFilter(id)}
                      aria-label={`Only ${name}`}
                    >
                      <span className="break-all">{name}</span>
                    </Button>
                  )}
                </RowHeader>
                <Cell align="right" label="Requests">
                  {toCount(row.requests)}
                </Cell>
                <Cell align="right" label="Failed">
                  {toCount(row.failed)}
                </Cell>
                <Cell align="right" label="Input tokens">
                  {toCount(row.inputTokens)}
                </Cell>
                <Cell align="right" label="Of them cached">
                  {toCount(row.cachedInputTokens)}
                </Cell>
                <Cell align="right" label="Output tokens">
                  {toCount(row.outputTokens)}
                </Cell>
                <Cell align="right" label="Mean latency">
                  {row.latency.count === 0 ? "–" : toDuration(row.latency.sumMs / row.latency.count)}
                </Cell>
                <Cell align="right" label="Spend">
                  <Money nanoUsd={row.costNanoUsd} />
                </Cell>
                <Cell align="right" label="Spend before" className="text-ink-2">
                  <Money nanoUsd={before.get(id) ?? 0n} />
                </Cell>
              </tr>
            );
          })}
        </TableBody>
      </Table>
    </Card>
  );
}
