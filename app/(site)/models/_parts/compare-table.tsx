import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "@/app/_ui/link";
import { Money } from "@/app/_ui/money";
import { StatusBadge } from "@/app/_ui/status-badge";
import { HeaderCell, Table, TableBody, TableHead } from "@/app/_ui/table";
import { cheapestEndpoint, type PublicModel, toTokenCount, toUnitName } from "../../_data/catalog";
import { STATUS_WORDS } from "../../status/_parts/status-words";
import { duration, NOT_KNOWN, type PublicHealth, uptime } from "./endpoint-health";
import { CAPABILITIES, comparePath } from "./filters";
import { readablePrice } from "./readable-price";

export interface Compared {
  readonly model: PublicModel;
  readonly health: readonly PublicHealth[];
}

/** Models as columns. A row is drawn where at least one of them has something to say. */
export function CompareTable({ models }: { readonly models: readonly Compared[] }) {
  const slugs = models.map(({ model }) => model.slug);
  return (
    <div className="surface overflow-hidden">
      <Table
        caption="Models side by side"
        hideCaption
        className={`table-fixed [&_td]:align-top [&_th]:align-top ${models.length > 2 ? "min-w-200" : "min-w-130"}`}
      >
        <TableHead>
          <tr>
            <HeaderCell className="w-36">
              <span className="sr-only">Property</span>
            </HeaderCell>
            {models.map(({ model }) => (
              <HeaderCell key={model.slug} className="whitespace-normal py-3 text-ink text-sm">
                <span className="flex items-start justify-between gap-2">
                  <Link href={`/models/${model.slug}`} className="underline-offset-4 hover:underline">
                    {model.name}
                  </Link>
                  <Link
                    href={comparePath(slugs.filter((slug) => slug !== model.slug))}
                    aria-label={`Take ${model.name} out`}
                    className="-my-1 grid size-7 shrink-0 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
                  >
                    <X aria-hidden="true" className="size-4" />
                  </Link>
                </span>
              </HeaderCell>
            ))}
          </tr>
        </TableHead>
        <TableBody>
          {[...FACTS, ...priceRows(models), ...HEALTH].map(([name, show]) => (
            <tr key={name}>
              <th scope="row" className="min-w-32 px-4 py-3 text-left font-normal text-ink-2">
                {name}
              </th>
              {models.map((compared) => (
                <td key={compared.model.slug} className="px-4 py-3 tabular-nums">
                  {show(compared) ?? <span className="text-ink-2">{NOT_KNOWN}</span>}
                </td>
              ))}
            </tr>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

type Row = readonly [name: string, show: (compared: Compared) => ReactNode];

const FACTS: readonly Row[] = [
  ["Name in requests", ({ model }) => <code className="break-all font-mono text-xs">{model.slug}</code>],
  ["Context", ({ model }) => `${toTokenCount(model.contextLength)} tokens`],
  [
    "Longest answer",
    ({ model }) => (model.maxOutputTokens === null ? null : `${toTokenCount(model.maxOutputTokens)} tokens`),
  ],
  ["Reads", ({ model }) => model.inputModalities.join(", ")],
  ["Gives", ({ model }) => model.outputModalities.join(", ")],
  [
    "Can",
    ({ model }) =>
      Object.entries(CAPABILITIES)
        .flatMap(([parameter, label]) => (model.supportedParameters.includes(parameter) ? [label] : []))
        .join(", ") || null,
  ],
  ["Released", ({ model }) => model.releasedOn],
  [
    "Providers",
    ({ model }) => model.endpoints.map(({ provider }) => provider.name).join(", ") || "none right now",
  ],
];

/** One row for each unit that one of the models has a price for, in the order of a price list. */
function priceRows(models: readonly Compared[]): readonly Row[] {
  const lists = models.map(({ model }) => cheapestEndpoint(model)?.prices ?? []);
  const units = new Set(lists.flatMap((prices) => prices.map(({ unit }) => unit)));
  return [...units].map((unit) => [
    toUnitName(unit),
    ({ model }) => {
      const price = cheapestEndpoint(model)?.prices.find(
        (one) => one.unit === unit && one.aboveContextTokens === 0,
      );
      if (!price) return null;
      const { nanoUsd, per } = readablePrice(price);
      return (
        <>
          <Money nanoUsd={nanoUsd} /> <span className="text-ink-2">per {per}</span>
        </>
      );
    },
  ]);
}

const HEALTH: readonly Row[] = [
  [
    "Now",
    ({ health }) => {
      const best = health.find(({ status }) => status === "healthy") ?? health[0];
      if (!best) return null;
      const word = STATUS_WORDS[best.status];
      return <StatusBadge tone={word.tone}>{word.label}</StatusBadge>;
    },
  ],
  ["Uptime, 1 day", ({ health }) => best(health, ({ uptimeLast1d }) => uptimeLast1d, Math.max, uptime)],
  [
    "First token, p50",
    ({ health }) => best(health, ({ latencyLast30m }) => latencyLast30m?.p50 ?? null, Math.min, duration),
  ],
  [
    "Tokens a second",
    ({ health }) =>
      best(
        health,
        ({ throughputLast30m }) => throughputLast30m?.p50 ?? null,
        Math.max,
        (rate) => String(Math.round(rate)),
      ),
  ],
];

/** Of the model's providers, the one that does best. */
function best(
  health: readonly PublicHealth[],
  read: (one: PublicHealth) => number | null,
  pick: (...values: number[]) => number,
  show: (value: number) => string,
): string | null {
  const values = health.map(read).filter((value) => value !== null);
  return values.length === 0 ? null : show(pick(...values));
}
