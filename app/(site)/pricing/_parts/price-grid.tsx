import { Badge } from "@/app/_ui/badge";
import { Link } from "@/app/_ui/link";
import { Money } from "@/app/_ui/money";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { basePrice, isTokenUnit, type PublicEndpoint, type PublicModel } from "../../_data/catalog";
import { InPreparation } from "../../_parts/in-preparation";

/** A short set that covers the usual choices; the rest is on the models page. */
const SHOWN_FIRST = [
  "openai/gpt-4.1-mini",
  "anthropic/claude-sonnet-5",
  "google/gemini-3.5-flash",
  "deepseek/deepseek-v4-pro",
  "deepseek/deepseek-r1",
  "meta-llama/llama-3.3-70b-instruct",
];

/** Prices as the catalogue holds them now: model, provider, input, cached input, output, unit. */
export function PriceGrid({ models }: { readonly models: readonly PublicModel[] }) {
  const rows = SHOWN_FIRST.flatMap((slug) => {
    const model = models.find((one) => one.slug === slug);
    return model ? model.endpoints.map((endpoint) => ({ model, endpoint })) : [];
  });
  const hasMedia = models.some(({ endpoints }) =>
    endpoints.some(({ prices }) => prices.some(({ unit }) => !isTokenUnit(unit))),
  );
  return (
    <div className="surface overflow-hidden">
      <Table caption="Model price grid, in US dollars" hideCaption phone="stack">
        <TableHead>
          <tr>
            <HeaderCell>Model</HeaderCell>
            <HeaderCell>Provider</HeaderCell>
            <HeaderCell align="right">Input</HeaderCell>
            <HeaderCell align="right">Cached input</HeaderCell>
            <HeaderCell align="right">Output</HeaderCell>
            <HeaderCell>Unit</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {rows.map(({ model, endpoint }) => (
            <PriceRow key={endpoint.id} model={model} endpoint={endpoint} />
          ))}
          {!hasMedia && <MediaRow />}
        </TableBody>
      </Table>
    </div>
  );
}

function PriceRow({ model, endpoint }: { readonly model: PublicModel; readonly endpoint: PublicEndpoint }) {
  const cached = basePrice(endpoint, "cached_input");
  return (
    <tr>
      <RowHeader>
        <Link href={`/models/${model.slug}`} className="font-medium underline-offset-4 hover:underline">
          {model.name}
        </Link>
      </RowHeader>
      <Cell label="Provider">
        <span className="inline-flex flex-wrap items-center gap-2">
          {endpoint.provider.name}
          {endpoint.provider.isSimulated && <Badge>simulated</Badge>}
        </span>
      </Cell>
      <Cell label="Input" align="right">
        <OptionalPrice price={basePrice(endpoint, "input")} />
      </Cell>
      <Cell label="Cached input" align="right">
        {cached === null ? <span className="text-ink-2">as input</span> : <Money nanoUsd={cached} />}
      </Cell>
      <Cell label="Output" align="right">
        <OptionalPrice price={basePrice(endpoint, "output")} />
      </Cell>
      <Cell label="Unit" className="text-ink-2">
        per 1M tokens
      </Cell>
    </tr>
  );
}

function OptionalPrice({ price }: { readonly price: bigint | null }) {
  return price === null ? <span className="text-ink-2">N/A</span> : <Money nanoUsd={price} />;
}

/** Drawn until the catalogue holds a model that is priced by something else than tokens. */
function MediaRow() {
  return (
    <tr className="text-ink-2">
      <RowHeader>
        <span className="inline-flex flex-wrap items-center gap-2">
          Image / video models <InPreparation />
        </span>
      </RowHeader>
      <Cell label="Provider">Specialized providers</Cell>
      <Cell label="Input" align="right">
        request based
      </Cell>
      <Cell label="Cached input" align="right">
        N/A
      </Cell>
      <Cell label="Output" align="right">
        request based
      </Cell>
      <Cell label="Unit">per image, video, or GPU second</Cell>
    </tr>
  );
}
