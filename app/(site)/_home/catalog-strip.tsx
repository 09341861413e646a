import { Card } from "@/app/_ui/card";
import { Link } from "@/app/_ui/link";
import { Money } from "@/app/_ui/money";
import { basePrice, cheapestEndpoint, type PublicModel, toTokenCount } from "../_data/catalog";

const SHOWN = 6;

/** The newest models of different authors, with what they cost. */
export function CatalogStrip({ models }: { readonly models: readonly PublicModel[] }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {newestByAuthor(models).map((model) => (
        <li key={model.slug}>
          <ModelCard model={model} />
        </li>
      ))}
    </ul>
  );
}

function ModelCard({ model }: { readonly model: PublicModel }) {
  const endpoint = cheapestEndpoint(model);
  const input = endpoint && basePrice(endpoint, "input");
  const output = endpoint && basePrice(endpoint, "output");
  return (
    <Card className="h-full transition-colors hover:border-line-strong">
      <Link href={`/models/${model.slug}`} className="grid gap-1 rounded-xl p-5">
        <span className="font-medium">{model.name}</span>
        <span className="truncate font-mono text-ink-2 text-xs">{model.slug}</span>
        <span className="mt-3 flex flex-wrap gap-x-4 text-ink-2 text-sm tabular-nums">
          {input !== null && output !== null && (
            <span>
              <Money nanoUsd={input} isInControl /> in · <Money nanoUsd={output} isInControl /> out
            </span>
          )}
          <span>{toTokenCount(model.contextLength)} context</span>
        </span>
      </Link>
    </Card>
  );
}

function newestByAuthor(models: readonly PublicModel[]): readonly PublicModel[] {
  const newest = new Map<string, PublicModel>();
  for (const model of models) {
    const known = newest.get(model.author);
    if (!known || (model.releasedOn ?? "") > (known.releasedOn ?? "")) newest.set(model.author, model);
  }
  return [...newest.values()]
    .sort((a, b) => (b.releasedOn ?? "").localeCompare(a.releasedOn ?? ""))
    .slice(0, SHOWN);
}
