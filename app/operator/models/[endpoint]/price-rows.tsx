"use client";

import { Plus, X } from "lucide-react";
import { Button } from "@/app/_ui/button";
import { IconButton } from "@/app/_ui/icon-button";
import { Input } from "@/app/_ui/input";
import { Select } from "@/app/_ui/select";
import { USAGE_UNITS } from "@/server/catalog/units";
import { toDecimalUsd } from "@/server/platform/money";

/** A row as it is typed. Prices are US dollars per million units. */
export interface DraftPrice {
  readonly key: string;
  readonly unit: string;
  readonly above: string;
  readonly usd: string;
  readonly supplierUsd: string;
}

interface StoredPrice {
  readonly unit: string;
  readonly aboveContextTokens: number;
  readonly platformNanoUsdPerMillion: bigint;
  readonly supplierNanoUsdPerMillion: bigint;
}

const UNITS = USAGE_UNITS.map((value) => ({ value, label: value }));
/** The last column is the button that removes the row. */
const COLUMNS = "sm:grid-cols-[10rem_1fr_1fr_1fr_2rem]";
const FIELD = {
  above: "Above prompt tokens",
  usd: "Customers pay",
  supplierUsd: "Supplier charges",
} as const;
const plain = (amount: bigint) => toDecimalUsd(amount);
const blank = (unit: string): DraftPrice => ({
  key: crypto.randomUUID(),
  unit,
  above: "0",
  usd: "",
  supplierUsd: "",
});

export function toDraft(prices: readonly StoredPrice[]): readonly DraftPrice[] {
  if (prices.length === 0) return [blank("input"), blank("output")];
  return prices.map((row) => ({
    key: `${row.unit}>${row.aboveContextTokens}`,
    unit: row.unit,
    above: String(row.aboveContextTokens),
    usd: plain(row.platformNanoUsdPerMillion),
    supplierUsd: plain(row.supplierNanoUsdPerMillion),
  }));
}

/** As the procedures take them: judged there. */
export function toWire(rows: readonly DraftPrice[]) {
  return rows.map(({ unit, above, usd, supplierUsd }) => ({
    unit,
    aboveContextTokens: Number(above || "0"),
    usdPerMillion: usd.trim(),
    ...(supplierUsd.trim() && { supplierUsdPerMillion: supplierUsd.trim() }),
  }));
}

interface PriceRowsProps {
  readonly rows: readonly DraftPrice[];
  readonly onChange: (rows: readonly DraftPrice[]) => void;
}

/** The rows of a price list. */
export function PriceRows({ rows, onChange }: PriceRowsProps) {
  const change = (key: string, part: Partial<DraftPrice>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 font-medium text-sm">Prices in US dollars a million units</legend>
      <ColumnNames />
      {rows.map((row, at) => (
        <div key={row.key} className={`grid grid-cols-2 items-end gap-2 ${COLUMNS}`}>
          <Select
            label={`Unit of row ${at + 1}`}
            hideLabel
            value={row.unit}
            options={UNITS}
            onValueChange={(unit) => change(row.key, { unit })}
          />
          <PriceInput
            label={`Row ${at + 1}: above so many prompt tokens`}
            name={FIELD.above}
            value={row.above}
            onChange={(above) => change(row.key, { above })}
          />
          <PriceInput
            label={`Row ${at + 1}: customers pay`}
            name={FIELD.usd}
            value={row.usd}
            onChange={(usd) => change(row.key, { usd })}
          />
          <PriceInput
            label={`Row ${at + 1}: supplier charges`}
            name={FIELD.supplierUsd}
            value={row.supplierUsd}
            onChange={(supplierUsd) => change(row.key, { supplierUsd })}
          />
          <IconButton
            label={`Remove row ${at + 1}`}
            icon={<X aria-hidden="true" />}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          />
        </div>
      ))}
      <div>
        <Button variant="secondary" size="sm" onClick={() => onChange([...rows, blank("cached_input")])}>
          <Plus aria-hidden="true" className="size-4" />
          Add a unit
        </Button>
      </div>
    </fieldset>
  );
}

/** For eyes; every field carries its whole name. On phones each field has its own. */
function ColumnNames() {
  return (
    <div aria-hidden="true" className={`-mb-2 hidden gap-2 text-ink-2 text-xs sm:grid ${COLUMNS}`}>
      <span>Unit</span>
      <span>{FIELD.above}</span>
      <span>{FIELD.usd}</span>
      <span>{FIELD.supplierUsd}</span>
    </div>
  );
}

interface PriceInputProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function PriceInput({ label, name, value, onChange }: PriceInputProps) {
  return (
    <div className="grid gap-1">
      <span aria-hidden="true" className="text-ink-2 text-xs sm:hidden">
        {name}
      </span>
      <Input
        aria-label={label}
        inputMode="decimal"
        value={value}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
