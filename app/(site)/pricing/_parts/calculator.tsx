import type { inferRouterOutputs } from "@trpc/server";
import { Badge } from "@/app/_ui/badge";
import { Link } from "@/app/_ui/link";
import { Money } from "@/app/_ui/money";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import type { AppRouter } from "@/server/trpc";
import { isTokenUnit, type PublicModel, toUnitName } from "../../_data/catalog";
import { type Calculation, fieldsOf, hasPresets, type Unit } from "./calculation";
import { CalculatorForm } from "./calculator-form";

type Estimates = inferRouterOutputs<AppRouter>["catalog"]["estimate"];

interface CalculatorProps {
  readonly models: readonly PublicModel[];
  readonly model: PublicModel;
  readonly calculation: Calculation;
  readonly estimates: Estimates;
}

/** What so many requests cost at every provider, by the arithmetic that the ledger charges with. */
export function Calculator({ models, model, calculation, estimates }: CalculatorProps) {
  const names = models
    .map(({ slug, name }) => ({ slug, name }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return (
    <div className="surface grid gap-x-10 gap-y-8 p-5 sm:p-7 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)]">
      <CalculatorForm
        calculation={calculation}
        models={names}
        fields={fieldsOf(model).map((unit) => ({ unit, label: fieldLabel(unit) }))}
        hasPresets={hasPresets(model)}
      />
      <div className="grid min-w-0 content-start gap-5">
        <Result estimates={estimates} requests={calculation.requests} />
        <p className="text-ink-2 text-sm">
          Every request is rounded up once to a billionth of a dollar, as on its receipt. Which provider
          answers is decided by{" "}
          <Link href="/docs/routing" className="text-link underline underline-offset-4">
            routing
          </Link>
          ; for a real request body ask{" "}
          <Link href="/docs/quote" className="text-link underline underline-offset-4">
            the quote endpoint
          </Link>
          , which also holds the price for ten minutes.
        </p>
      </div>
    </div>
  );
}

function fieldLabel(unit: Unit): string {
  if (unit === "input") return "Input tokens, not cached";
  return isTokenUnit(unit) ? `${toUnitName(unit)} tokens` : `${toUnitName(unit)}, how many`;
}

function Result({ estimates, requests }: { readonly estimates: Estimates; readonly requests: bigint }) {
  const [first] = estimates;
  if (!first?.cost) {
    return <p className="text-ink-2">No provider has a price for these units.</p>;
  }
  return (
    <>
      <p className="grid gap-0.5">
        <span className="text-ink-2 text-sm">
          {requests.toLocaleString("en-US")} requests a month at {first.provider.name}
        </span>
        <span className="font-semibold text-3xl tabular-nums">
          <Money nanoUsd={first.cost.allNanoUsd} />
        </span>
      </p>
      <Table
        caption="Cost by provider, US dollars"
        hideCaption
        className="[&_td]:px-2 [&_td]:py-2 [&_th]:px-2 [&_th]:py-2"
      >
        <TableHead>
          <tr>
            <HeaderCell>Provider</HeaderCell>
            <HeaderCell align="right">One request</HeaderCell>
            <HeaderCell align="right">A month</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {estimates.map(({ endpointId, provider, cost }) => (
            <tr key={endpointId}>
              <RowHeader>
                <span className="flex flex-wrap items-center gap-2">
                  {provider.name}
                  {provider.isSimulated && <Badge>simulated</Badge>}
                </span>
              </RowHeader>
              <Cell align="right">{cost ? <Money nanoUsd={cost.oneNanoUsd} precision="full" /> : "–"}</Cell>
              <Cell align="right">{cost ? <Money nanoUsd={cost.allNanoUsd} /> : "–"}</Cell>
            </tr>
          ))}
        </TableBody>
      </Table>
      <ul
        className="grid gap-1 text-ink-2 text-sm tabular-nums"
        aria-label={`One request at ${first.provider.name}`}
      >
        {first.cost.lines.map((line) => (
          <li key={line.unit}>
            {toUnitName(line.unit as Unit)}: {line.quantity.toLocaleString("en-US")} ×{" "}
            <Money nanoUsd={line.priceNanoUsdPerMillion} /> per million
          </li>
        ))}
      </ul>
    </>
  );
}
