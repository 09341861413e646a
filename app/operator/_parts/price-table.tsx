import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { toDecimalUsd } from "@/server/platform/money";

interface PriceRow {
  readonly unit: string;
  readonly aboveContextTokens: number;
  readonly platformNanoUsdPerMillion: bigint;
  readonly supplierNanoUsdPerMillion: bigint;
}

/** A price list with what the supplier charges and what is left. All prices are per million units. */
export function PriceTable({
  caption,
  rows,
}: {
  readonly caption: string;
  readonly rows: readonly PriceRow[];
}) {
  return (
    <Table caption={caption} hideCaption phone="stack">
      <TableHead>
        <tr>
          <HeaderCell>Unit</HeaderCell>
          <HeaderCell align="right">Customers pay, a million</HeaderCell>
          <HeaderCell align="right">Supplier charges</HeaderCell>
          <HeaderCell align="right">Margin</HeaderCell>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <tr key={`${row.unit}>${row.aboveContextTokens}`}>
            <RowHeader>
              {row.unit}
              {row.aboveContextTokens > 0 && (
                <span className="block text-ink-2 text-xs">
                  above {row.aboveContextTokens.toLocaleString("en-US")} prompt tokens
                </span>
              )}
            </RowHeader>
            <Cell align="right" label="Customers pay, a million">
              {exact(row.platformNanoUsdPerMillion)}
            </Cell>
            <Cell align="right" label="Supplier charges">
              {exact(row.supplierNanoUsdPerMillion)}
            </Cell>
            <Cell align="right" label="Margin">
              {marginWords(row.platformNanoUsdPerMillion, row.supplierNanoUsdPerMillion)}
            </Cell>
          </tr>
        ))}
      </TableBody>
    </Table>
  );
}

const exact = (amount: bigint) => `$${toDecimalUsd(amount)}`;

/** What is left of what customers pay, in per cent with one decimal. */
export function marginWords(paid: bigint, supplier: bigint): string {
  if (paid === 0n) return supplier === 0n ? "0 %" : "all loss";
  const permille = ((paid - supplier) * 1_000n) / paid;
  return `${(Number(permille) / 10).toFixed(1)} %`;
}
