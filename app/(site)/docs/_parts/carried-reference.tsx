import { Badge, type Tone } from "@/app/_ui/badge";
import { type CarriedField, carriedTables } from "@/server/protocols/carried";
import { InlineCode } from "./inline-code";

const TONES: Record<CarriedField["outcome"], Tone> = {
  carried: "positive",
  dropped: "warning",
  refused: "negative",
};

/** What becomes of every field, one section per client protocol; made from the tables that requests are checked against. */
export function CarriedReference() {
  return carriedTables().map(({ name, label, rows }) => (
    <section key={name} aria-labelledby={name} className="mt-10">
      <h2 id={name} className="font-semibold text-xl">
        <a href={`#${name}`} className="underline-offset-4 hover:underline">
          {label}
        </a>
      </h2>
      <dl className="mt-4 divide-y divide-line border-line border-y">
        {rows.map((row) => (
          <CarriedRow key={row.field} row={row} />
        ))}
      </dl>
    </section>
  ));
}

function CarriedRow({ row }: { readonly row: CarriedField }) {
  return (
    <div className="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[14rem_1fr]">
      <dt className="break-all font-mono text-[0.875rem]">{row.field}</dt>
      <dd className="min-w-0">
        <Badge tone={TONES[row.outcome]}>{row.outcome}</Badge>
        {row.reason && (
          <span className="ml-2 text-ink-2">
            <InlineCode text={row.reason} />
          </span>
        )}
        {row.exceptions.length > 0 && (
          <ul className="mt-2 grid gap-1 text-ink-2 text-sm">
            {row.exceptions.map(({ provider, outcome, reason }) => (
              <li key={`${provider} ${reason}`}>
                {provider}: {outcome}; <InlineCode text={reason} />
              </li>
            ))}
          </ul>
        )}
      </dd>
    </div>
  );
}
