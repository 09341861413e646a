import type { inferRouterOutputs } from "@trpc/server";
import { Badge } from "@/app/_ui/badge";
import { Money } from "@/app/_ui/money";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { Timestamp } from "@/app/_ui/timestamp";
import type { AppRouter } from "@/server/trpc";
import { type PublicPrice, toUnitName } from "../../_data/catalog";
import { PriceChart } from "./price-chart";
import type { PriceLine, PublicVersion } from "./price-steps";
import { readablePrice } from "./readable-price";

type History = inferRouterOutputs<AppRouter>["catalog"]["priceHistory"];

const TOKEN_CHARTS = ["input", "output"] as const;

/** Every price version that the ledger can have charged, as lines and as a table. */
export function PriceHistory({ history }: { readonly history: History }) {
  const lines = history.endpoints.map(({ provider, versions }) => ({ provider: provider.name, versions }));
  const units = chartedUnits(lines);
  const nowMs = history.asOf.getTime();
  // One price each makes level lines, or none at all on its first day: the table says it better.
  const hasChanged = lines.some(({ versions }) => versions.length > 1);
  if (lines.length === 0) return null;
  return (
    <section className="grid min-w-0 gap-4" aria-labelledby="prices-over-time">
      <h2 id="prices-over-time" className="font-semibold text-xl">
        Prices over time
      </h2>
      <p className="-mt-2 max-w-[70ch] text-ink-2">
        A price list is never edited: a change is a new version. Requests are charged at the version that was
        in effect when they were planned, and their receipts name it.
      </p>
      {hasChanged && (
        <div className={units.length > 1 ? "grid gap-4 lg:grid-cols-2" : "grid gap-4"}>
          {units.map((unit) => (
            <PriceChart key={unit} title={toUnitName(unit)} unit={unit} lines={lines} nowMs={nowMs} />
          ))}
        </div>
      )}
      <VersionTable lines={lines} nowMs={nowMs} />
    </section>
  );
}

/** Input and output where there are tokens; else the first unit that is sold. */
function chartedUnits(lines: readonly PriceLine[]): readonly PublicPrice["unit"][] {
  const sold = lines.flatMap(({ versions }) =>
    versions.flatMap(({ prices }) => prices.map(({ unit }) => unit)),
  );
  const tokens = TOKEN_CHARTS.filter((unit) => sold.includes(unit));
  return tokens.length > 0 ? tokens : sold.slice(0, 1);
}

function VersionTable({ lines, nowMs }: { readonly lines: readonly PriceLine[]; readonly nowMs: number }) {
  return (
    <div className="surface overflow-hidden">
      <Table caption="Price versions, newest first for each provider; US dollars" hideCaption phone="stack">
        <TableHead>
          <tr>
            <HeaderCell>Provider</HeaderCell>
            <HeaderCell>In effect from</HeaderCell>
            <HeaderCell>Prices</HeaderCell>
            <HeaderCell>Version</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {lines.flatMap(({ provider, versions }) => {
            const current = versions.findLast(({ effectiveFrom }) => effectiveFrom.getTime() <= nowMs);
            return [...versions]
              .reverse()
              .map((version) => (
                <VersionRow
                  key={version.priceVersionId}
                  provider={provider}
                  version={version}
                  word={
                    version === current ? "now" : version.effectiveFrom.getTime() > nowMs ? "announced" : null
                  }
                />
              ));
          })}
        </TableBody>
      </Table>
    </div>
  );
}

interface VersionRowProps {
  readonly provider: string;
  readonly version: PublicVersion;
  readonly word: "now" | "announced" | null;
}

function VersionRow({ provider, version, word }: VersionRowProps) {
  return (
    <tr className="align-top">
      <RowHeader>{provider}</RowHeader>
      <Cell label="In effect from">
        <span className="flex flex-wrap items-center gap-2">
          <Timestamp value={version.effectiveFrom} format="date" />
          {word && <Badge tone={word === "now" ? "positive" : "warning"}>{word}</Badge>}
        </span>
      </Cell>
      <Cell label="Prices">
        <ul className="grid gap-0.5">
          {version.prices.map((price) => {
            const { nanoUsd, per } = readablePrice(price);
            return (
              <li key={`${price.unit}-${price.aboveContextTokens}`}>
                <Money nanoUsd={nanoUsd} />{" "}
                <span className="text-ink-2">
                  per {per}, {toUnitName(price.unit).toLowerCase()}
                  {price.aboveContextTokens > 0 &&
                    ` above ${price.aboveContextTokens.toLocaleString("en-US")} prompt tokens`}
                </span>
              </li>
            );
          })}
        </ul>
      </Cell>
      <Cell label="Version">
        <code className="break-all font-mono text-ink-2 text-xs">{version.priceVersionId}</code>
      </Cell>
    </tr>
  );
}
