import { Badge } from "@/app/_ui/badge";
import { FEATURES, type Feature } from "../../_content/features";

/** How far each of the account's promises is, from the same list as the pricing page. */
export function FeatureStatus() {
  return (
    <div className="mt-8 divide-y divide-line border-line border-y">
      {FEATURES.map((feature) => (
        <section
          key={feature.id}
          id={feature.id}
          aria-labelledby={`${feature.id}-name`}
          className="grid gap-1.5 py-5"
        >
          <div className="flex flex-wrap items-center gap-3">
            <h2 id={`${feature.id}-name`} className="font-semibold text-base">
              {feature.name}
            </h2>
            <Status feature={feature} />
          </div>
          <p className="text-ink-2">{feature.promise}</p>
          {feature.today && (
            <p>
              <span className="font-medium">Open:</span> {feature.today}
            </p>
          )}
          {feature.inPreparation && (
            <p>
              <span className="font-medium">In preparation:</span> {feature.inPreparation}
            </p>
          )}
        </section>
      ))}
    </div>
  );
}

function Status({ feature: { today, inPreparation } }: { readonly feature: Feature }) {
  if (inPreparation === null) return <Badge tone="positive">Open</Badge>;
  return today === null ? <Badge>In preparation</Badge> : <Badge tone="accent">Partly open</Badge>;
}
