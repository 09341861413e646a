import { formatMoney } from "@/app/_ui/format-money";
import { Money } from "@/app/_ui/money";
import { roundPriceSum } from "@/server/platform/money";
import { basePrice, cheapestEndpoint, type PublicModel, toUnitName } from "../_data/catalog";

/** Quantities of the example; prices come from the catalogue. */
const EXAMPLE = [
  { unit: "input", quantity: 1_500n },
  { unit: "cached_input", quantity: 6_000n },
  { unit: "output", quantity: 420n },
] as const;

const counts = new Intl.NumberFormat("en-US");

/** What one request costs at the price that the catalogue holds now, as its receipt would show it. */
export function WorkedReceipt({ model }: { readonly model: PublicModel }) {
  const endpoint = cheapestEndpoint(model);
  if (!endpoint) return null;
  const lines = EXAMPLE.flatMap(({ unit, quantity }) => {
    const price = basePrice(endpoint, unit);
    return price === null ? [] : [{ unit, quantity, price, amount: roundPriceSum(quantity * price) }];
  });
  const total = roundPriceSum(lines.reduce((sum, line) => sum + line.quantity * line.price, 0n));
  return (
    <figure className="surface overflow-hidden">
      <figcaption className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b bg-sunken px-5 py-3 text-sm">
        <span className="font-medium">Worked example</span>
        <span className="font-mono text-ink-2 text-xs">{model.slug}</span>
      </figcaption>
      <table className="w-full text-sm">
        <caption className="sr-only">
          Cost of one request at the catalogue's price of {model.name}, in US dollars
        </caption>
        <thead className="text-ink-2 text-xs">
          <tr>
            <th scope="col" className="px-5 pt-4 pb-1.5 text-left font-normal">
              Unit
            </th>
            <th scope="col" className="pt-4 pb-1.5 text-right font-normal">
              Tokens
            </th>
            <th scope="col" className="hidden pt-4 pb-1.5 text-right font-normal sm:table-cell">
              Price per 1M
            </th>
            <th scope="col" className="px-5 pt-4 pb-1.5 text-right font-normal">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.unit}>
              <th scope="row" className="px-5 py-1.5 text-left font-normal">
                {toUnitName(line.unit)}
              </th>
              <td className="py-1.5 text-right">{counts.format(line.quantity)}</td>
              <td className="hidden py-1.5 text-right text-ink-2 sm:table-cell">
                <Money nanoUsd={line.price} />
              </td>
              <td className="px-5 py-1.5 text-right">
                <Money nanoUsd={line.amount} precision="full" />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium">
            <th scope="row" colSpan={2} className="px-5 pt-3 pb-4 text-left font-medium">
              Deducted
            </th>
            <td className="hidden sm:table-cell" />
            <td className="px-5 pt-3 pb-4 text-right text-base">{formatMoney(total, "full").text}</td>
          </tr>
        </tfoot>
      </table>
    </figure>
  );
}
