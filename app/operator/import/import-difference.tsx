import { Badge } from "@/app/_ui/badge";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { Stat } from "@/app/_ui/stat";
import type { Outputs } from "../_parts/outputs";

type Difference = Outputs["catalog"]["previewImport"];
const MOST_SHOWN = 200;

/** What a file changes: counts, names of what is new, and every price that differs. */
export function ImportDifference({ difference }: { readonly difference: Difference }) {
  const { created, prices } = difference;
  return (
    <section aria-label="What changes" className="grid gap-6">
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        <Counts label="Providers" counts={difference.providers} />
        <Counts label="Models" counts={difference.models} />
        <Counts label="Endpoints" counts={difference.endpoints} />
        <Stat label="Prices" value={prices.length} note="become proposals" />
      </div>
      <Names title="New providers" names={created.providers} />
      <Names title="New models" names={created.models} />
      <Card className="overflow-hidden p-0">
        {prices.length === 0 ? (
          <EmptyState
            title="No price differs"
            description="Every price list of the file is the one in effect."
          />
        ) : (
          <ul className="divide-y divide-line">
            {prices.slice(0, MOST_SHOWN).map((each) => (
              <li key={`${each.model} ${each.provider}`} className="grid gap-1 p-4">
                <p className="flex flex-wrap items-center gap-2">
                  <span className="break-all font-medium">
                    {each.model} at {each.provider}
                  </span>
                  {each.isNew && <Badge tone="accent">First price</Badge>}
                  {each.isPassedOver && <Badge tone="warning">Left out: a proposal is open</Badge>}
                </p>
                <ul className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2 text-sm">
                  {each.changes.map((change) => (
                    <li key={change.unit}>
                      {change.unit}: {change.from_usd_per_million ?? "none"} →{" "}
                      {change.to_usd_per_million ?? "none"}
                    </li>
                  ))}
                  {each.changes.length === 0 && <li>Only what the supplier charges changes.</li>}
                </ul>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {prices.length > MOST_SHOWN && (
        <p className="text-ink-2 text-sm">
          The first {MOST_SHOWN} of {prices.length} price lists are shown. Prices are US dollars a million
          units.
        </p>
      )}
    </section>
  );
}

function Counts({
  label,
  counts,
}: {
  readonly label: string;
  readonly counts: { readonly created: number; readonly updated: number };
}) {
  return <Stat label={label} value={counts.created} note={`new, ${counts.updated} changed`} />;
}

function Names({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <div className="grid gap-1">
      <h2 className="font-medium">{title}</h2>
      <p className="wrap-anywhere text-ink-2 text-sm">{names.join(", ")}</p>
    </div>
  );
}
