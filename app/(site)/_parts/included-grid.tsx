import {
  Building2,
  Gauge,
  LifeBuoy,
  type LucideIcon,
  Plug,
  ReceiptText,
  Route,
  ScrollText,
  Webhook,
} from "lucide-react";
import { FEATURES, type Feature } from "../_content/features";
import { InPreparation } from "./in-preparation";

const ICONS: Record<Feature["id"], LucideIcon> = {
  api: Plug,
  routing: Route,
  billing: ReceiptText,
  budgets: Gauge,
  teams: Building2,
  webhooks: Webhook,
  audit: ScrollText,
  support: LifeBuoy,
};

/** The eight things that every account includes, each with how far it is. */
export function IncludedGrid() {
  return (
    <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-2 lg:grid-cols-4">
      {FEATURES.map((feature) => (
        <li key={feature.id} className="flex flex-col bg-raised p-5">
          <FeatureHead feature={feature} />
          <p className="mt-1 text-ink-2 text-sm leading-6">{feature.promise}</p>
          <Progress feature={feature} />
        </li>
      ))}
    </ul>
  );
}

function FeatureHead({ feature }: { readonly feature: Feature }) {
  const Icon = ICONS[feature.id];
  return (
    <>
      <span className="mb-4 flex min-h-6 items-center justify-between gap-2">
        <Icon aria-hidden="true" className="size-5 text-ink-2" strokeWidth={1.75} />
        {feature.today === null && <InPreparation />}
      </span>
      <h3 className="font-medium">{feature.name}</h3>
    </>
  );
}

function Progress({ feature: { today, inPreparation } }: { readonly feature: Feature }) {
  return (
    <div className="mt-auto grid gap-1.5 pt-4 text-[0.8125rem] text-ink-2 leading-5">
      {today && (
        <p>
          <span className="font-medium text-positive">Today:</span> {today}
        </p>
      )}
      {inPreparation && (
        <p>
          {today && <span className="font-medium text-ink">In preparation: </span>}
          {inPreparation}
        </p>
      )}
    </div>
  );
}
