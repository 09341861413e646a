"use client";

import { CopyButton } from "@/app/_ui/copy-button";
import { Link } from "@/app/_ui/link";
import { Money } from "@/app/_ui/money";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { toTokenCount } from "../../_data/catalog";
import { CompareLink } from "./compare-bar";
import type { ModelFilters } from "./filters";
import type { ListedModel } from "./listed-model";

interface ModelTableProps {
  readonly models: readonly ListedModel[];
  readonly filters: ModelFilters;
}

/**
 * Models with the prices of their cheapest provider. Drawn on the server and, from what it lists alone, in the browser:
 * the rows drawn there would come a second time, as what React calls them, and be six times as long.
 */
export function ModelTable({ models, filters }: ModelTableProps) {
  return (
    <div className="surface overflow-hidden">
      <Table
        caption="Models. Prices are US dollars per million tokens at the cheapest provider."
        hideCaption
        phone="stack"
      >
        <TableHead>
          <tr>
            <HeaderCell>Model</HeaderCell>
            <HeaderCell>Reads</HeaderCell>
            <HeaderCell align="right">Context</HeaderCell>
            <HeaderCell align="right">Input</HeaderCell>
            <HeaderCell align="right">Cached input</HeaderCell>
            <HeaderCell align="right">Output</HeaderCell>
            <HeaderCell>Provider</HeaderCell>
            <HeaderCell>Compare</HeaderCell>
          </tr>
        </TableHead>
        <TableBody>
          {models.map((model) => (
            <ModelRow key={model.slug} model={model} filters={filters} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function ModelRow({ model, filters }: { readonly model: ListedModel; readonly filters: ModelFilters }) {
  return (
    <tr className="align-top transition-colors hover:bg-hover/50">
      <RowHeader className="py-2.5">
        <Link href={`/models/${model.slug}`} className="font-medium underline-offset-4 hover:underline">
          {model.name}
        </Link>
        <span className="flex items-center gap-0.5">
          <span className="min-w-0 break-all font-mono text-ink-2 text-xs">{model.slug}</span>
          <CopyButton value={model.slug} label={`Copy ${model.slug}`} className="-my-1 [&_button]:size-7" />
        </span>
      </RowHeader>
      <Cell label="Reads" className="text-ink-2">
        {model.reads}
      </Cell>
      <Cell label="Context" align="right">
        <span title={`${model.contextTokens} tokens`}>{toTokenCount(model.contextTokens)}</span>
      </Cell>
      <Cell label="Input" align="right">
        <Price nanoUsd={model.input} />
      </Cell>
      <Cell label="Cached input" align="right">
        <Price nanoUsd={model.cachedInput} />
      </Cell>
      <Cell label="Output" align="right">
        <Price nanoUsd={model.output} />
      </Cell>
      <Cell label="Provider" className="text-ink-2">
        <span>
          {model.provider}
          {model.otherProviders > 0 && ` + ${model.otherProviders} more`}
        </span>
      </Cell>
      <Cell label="Compare" className="sm:py-2">
        <CompareLink model={model} filters={filters} />
      </Cell>
    </tr>
  );
}

function Price({ nanoUsd }: { readonly nanoUsd: bigint | null }) {
  return nanoUsd === null ? <span className="text-ink-2">–</span> : <Money nanoUsd={nanoUsd} />;
}
