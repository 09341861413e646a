import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { Money } from "@/app/_ui/money";
import { placesOf, toExactUsd } from "../../_format/exact-amount";
import { toCount, toUnitName } from "../../_format/numbers";
import { Instant } from "../../_parts/instant";
import { Proof } from "./proof";
import type { RequestDetail } from "./request-view";
import { type SumStep, toSumSteps } from "./sum-steps";

type Receipt = NonNullable<RequestDetail["receipt"]>;

const BASIS_TEXT: Readonly<Record<Receipt["basis"], string>> = {
  provider: "Counted by the provider",
  counted: "Counted by us, because the provider sent no usage",
  checkpoint: "What had been delivered when the process that served it stopped",
};

/** The receipt: units × price = amount, line by line, and how the lines come to what was charged. */
export function ReceiptPanel({ request }: { readonly request: RequestDetail }) {
  const { receipt } = request;
  return (
    <Card className="p-0">
      <div className="flex flex-wrap items-baseline justify-between gap-3 border-b border-line p-5">
        <h2 className="font-medium text-lg">Receipt</h2>
        {receipt && (
          <p className="text-2xl">
            <Money nanoUsd={receipt.costNanoUsd + receipt.correctedNanoUsd} precision="full" />
          </p>
        )}
      </div>
      {receipt ? (
        <>
          <Lines receipt={receipt} />
          <Origin receipt={receipt} />
          {request.signedReceipt && <Proof receipt={receipt} signed={request.signedReceipt} />}
        </>
      ) : (
        <p className="p-5 text-ink-2">{emptyText(request)}</p>
      )}
    </Card>
  );
}

function emptyText({ outcome }: RequestDetail): string {
  return outcome === "pending"
    ? "The request is running. Its receipt appears here when it ends; until then the reserved amount is set aside."
    : "Nothing was charged for this request.";
}

function Lines({ receipt }: { readonly receipt: Receipt }) {
  const steps = toSumSteps(receipt);
  // One number of decimals for the whole column, so that the points stand below each other.
  const places = placesOf([
    ...receipt.lines.map((line) => line.amountMillionthNanoUsd),
    ...steps.map((step) => step.amount),
  ]);
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">Units, price per million and amount</caption>
        <thead className="text-ink-2">
          <tr className="border-b border-line">
            <th scope="col" className="py-2.5 pl-5 text-left font-medium">
              Unit
            </th>
            <th scope="col" className="px-3 py-2.5 text-right font-medium">
              Quantity
            </th>
            <th scope="col" className="px-3 py-2.5 text-right font-medium">
              × per 1M
            </th>
            <th scope="col" className="py-2.5 pr-5 text-right font-medium">
              = USD
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line tabular-nums">
          {receipt.lines.map((line) => (
            <tr key={`${line.unit} ${line.aboveContextTokens}`}>
              <th scope="row" className="py-3 pl-5 text-left font-normal">
                {toUnitName(line.unit)}
                <LineNote line={line} />
              </th>
              <td className="px-3 py-3 text-right">{toCount(line.quantity)}</td>
              <td className="px-3 py-3 text-right">
                <Money nanoUsd={line.priceNanoUsdPerMillion} precision="full" />
              </td>
              <td className="py-3 pr-5 text-right">{toExactUsd(line.amountMillionthNanoUsd, places)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot className="border-t border-line tabular-nums">
          {steps.map((step) => (
            <SumRow key={step.name} step={step} places={places} />
          ))}
        </tfoot>
      </table>
    </div>
  );
}

function LineNote({ line }: { readonly line: Receipt["lines"][number] }) {
  const notes = [
    line.pricedAs === line.unit ? null : `priced as ${toUnitName(line.pricedAs).toLowerCase()}`,
    line.aboveContextTokens === 0 ? null : `price above ${toCount(line.aboveContextTokens)} prompt tokens`,
  ].filter((note) => note !== null);
  return notes.length === 0 ? null : <span className="block text-ink-2 text-xs">{notes.join(", ")}</span>;
}

function SumRow({ step, places }: { readonly step: SumStep; readonly places: number }) {
  return (
    <tr className={step.isTotal ? "border-line border-t font-medium" : "text-ink-2"}>
      <th
        scope="row"
        colSpan={3}
        className={`py-2.5 pl-5 text-left ${step.isTotal ? "font-medium" : "font-normal"}`}
      >
        {step.name}
      </th>
      <td className="py-2.5 pr-5 text-right">{toExactUsd(step.amount, places)}</td>
    </tr>
  );
}

function Origin({ receipt }: { readonly receipt: Receipt }) {
  return (
    <dl className="grid gap-3 border-t border-line p-5 text-sm sm:grid-cols-2">
      <div className="grid content-start gap-1">
        <dt className="text-ink-2">Price version</dt>
        <dd className="flex items-center gap-2">
          <code className="min-w-0 truncate font-mono text-xs">{receipt.priceVersionId}</code>
          <CopyButton value={receipt.priceVersionId} label="Copy price version id" />
        </dd>
      </div>
      <div className="grid content-start gap-1">
        <dt className="text-ink-2">Basis</dt>
        <dd>
          {BASIS_TEXT[receipt.basis]}
          <span className="block text-ink-2">
            Settled <Instant value={receipt.settledAt} isExact />
          </span>
        </dd>
      </div>
    </dl>
  );
}
