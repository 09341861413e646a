import { Activity, Gauge, type LucideIcon, RefreshCw } from "lucide-react";
import { BILLING_CONTROLS, type BillingControl } from "../../_content/billing-controls";
import { InPreparation } from "../../_parts/in-preparation";

const ICONS: Record<BillingControl["id"], LucideIcon> = {
  metered: Activity,
  recharge: RefreshCw,
  budgets: Gauge,
};

/** Metered usage, auto recharge, budget controls. */
export function ControlsStrip() {
  return (
    <ul className="grid gap-px overflow-hidden rounded-xl border border-line bg-line md:grid-cols-3">
      {BILLING_CONTROLS.map((control) => {
        const Icon = ICONS[control.id];
        return (
          <li key={control.id} className="bg-raised p-5">
            <span className="flex min-h-6 flex-wrap items-center gap-x-2.5 gap-y-1">
              <Icon aria-hidden="true" className="size-4.5 text-ink-2" strokeWidth={1.75} />
              <span className="font-medium">{control.name}</span>
              {control.isInPreparation && (
                <span className="ml-auto">
                  <InPreparation />
                </span>
              )}
            </span>
            <p className="mt-2 text-ink-2 text-sm leading-6">{control.promise}</p>
          </li>
        );
      })}
    </ul>
  );
}
