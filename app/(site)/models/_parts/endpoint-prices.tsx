import { Badge } from "@/app/_ui/badge";
import { Money } from "@/app/_ui/money";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { Timestamp } from "@/app/_ui/timestamp";
import { type PublicEndpoint, type PublicPrice, toTokenCount, toUnitName } from "../../_data/catalog";
import { EndpointHealth, type PublicHealth } from "./endpoint-health";
import { readablePrice } from "./readable-price";

const counts = new Intl.NumberFormat("en-US");

interface EndpointPricesProps {
  readonly endpoint: PublicEndpoint;
  readonly health: PublicHealth | undefined;
}

/** One provider of the model: what it takes, how it answers, and what each unit costs there. */
export function EndpointPrices({ endpoint, health }: EndpointPricesProps) {
  return (
    <section className="surface overflow-hidden" aria-label={endpoint.provider.name}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b px-4 py-3">
        <h3 className="flex items-center gap-2 font-medium">
          {endpoint.provider.name}
          {endpoint.provider.isSimulated && <Badge>simulated</Badge>}
        </h3>
        <p className="ml-auto text-ink-2 text-sm tabular-nums">
          {toTokenCount(endpoint.contextLength)} context
          {endpoint.maxOutputTokens !== null && ` · up to ${toTokenCount(endpoint.maxOutputTokens)} output`}
        </p>
      </div>
      {health && <EndpointHealth provider={endpoint.provider.name} health={health} />}
      <Table
        caption={`Prices at ${endpoint.provider.name}, US dollars`}
        hideCaption
        className="[&_td]:py-2 [&_th]:py-2"
      >
        <TableHead>
          <tr>
            <HeaderCell>Unit</HeaderCell>
            <HeaderCell align="right">Price</HeaderCell>
            <HeaderCell>Per</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {endpoint.prices.map((price) => (
            <PriceRow key={`${price.unit}-${price.aboveContextTokens}`} price={price} />
          ))}
        </TableBody>
      </Table>
      <p className="border-line border-t px-4 py-2.5 text-ink-2 text-xs">
        In effect since <Timestamp value={endpoint.effectiveFrom} format="date" /> · price version{" "}
        <span className="break-all font-mono">{endpoint.priceVersionId}</span>
      </p>
    </section>
  );
}

function PriceRow({ price }: { readonly price: PublicPrice }) {
  const { nanoUsd, per } = readablePrice(price);
  return (
    <tr>
      <RowHeader>
        {toUnitName(price.unit)}
        {price.aboveContextTokens > 0 && (
          <span className="text-ink-2">
            {" "}
            with more than {counts.format(price.aboveContextTokens)} prompt tokens
          </span>
        )}
      </RowHeader>
      <Cell align="right">
        <Money nanoUsd={nanoUsd} />
      </Cell>
      <Cell className="whitespace-nowrap text-ink-2">{per}</Cell>
    </tr>
  );
}
