"use client";

import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Meter } from "@/app/_ui/meter";
import { Money } from "@/app/_ui/money";
import { toDecimalUsd } from "@/server/platform/money";
import { Instant } from "../_parts/instant";
import { type BudgetItem, scopeWords, windowWords } from "./words";

interface BudgetRowProps {
  readonly item: BudgetItem;
  /** Null for those who may only look. */
  readonly actions: { readonly edit: () => void; readonly remove: () => void } | null;
}

/** What is spent of a budget, what running requests hold of it, and when it resets. */
export function BudgetRow({ item, actions }: BudgetRowProps) {
  const { spentNanoUsd, reservedNanoUsd, amountNanoUsd } = item;
  const share = Number(((spentNanoUsd + reservedNanoUsd) * 10_000n) / amountNanoUsd) / 10_000;
  const isUsedUp = spentNanoUsd >= amountNanoUsd;
  const label = `${scopeWords(item.scope)}: ${item.scopeName}`;
  return (
    <li className="grid gap-4 p-4 sm:p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 gap-1">
          <p className="flex min-w-0 flex-wrap items-center gap-2">
            <span className="min-w-0 wrap-anywhere font-medium">{item.scopeName}</span>
            <span className="text-ink-2 text-sm">{scopeWords(item.scope)}</span>
            <Badge tone={item.isHard ? "accent" : "neutral"}>{item.isHard ? "Hard" : "Soft"}</Badge>
            {isUsedUp && <Badge tone={item.isHard ? "negative" : "warning"}>Used up</Badge>}
          </p>
          <p className="text-ink-2 text-sm">
            <Money nanoUsd={amountNanoUsd} /> {windowWords(item.window, item.isRolling)}.{" "}
            {item.isHard ? "Requests that would pass it are refused." : "Nothing is refused; alerts only."}{" "}
            {item.thresholds.length > 0
              ? `Alerts at ${item.thresholds.map((percent) => `${percent} %`).join(", ")}.`
              : "No alerts."}
          </p>
        </div>
        {actions && (
          <div className="flex gap-2">
            <Button
              variant="secondary"
              size="sm"
              onClick={actions.edit}
              aria-label={`Change the budget of ${item.scopeName}`}
            >
              Change
            </Button>
            <Button
              variant="ghost"
              size="sm"
              onClick={actions.remove}
              aria-label={`Remove the budget of ${item.scopeName}`}
            >
              Remove
            </Button>
          </div>
        )}
      </div>
      <Meter
        label={label}
        share={share}
        text={`$${toDecimalUsd(spentNanoUsd)} of $${toDecimalUsd(amountNanoUsd)}`}
        tone={isUsedUp ? "negative" : share >= 0.8 ? "warning" : "accent"}
      />
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Figure name="Spent">
          <Money nanoUsd={spentNanoUsd} />
        </Figure>
        <Figure name="Reserved by running requests">
          <Money nanoUsd={reservedNanoUsd} />
        </Figure>
        <Figure name={item.isRolling ? "Next gives back" : "Resets"}>
          {item.resetsAt ? (
            <Instant value={item.resetsAt} />
          ) : item.window === "total" ? (
            "never"
          ) : (
            "nothing spent"
          )}
        </Figure>
      </dl>
    </li>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-ink-2">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
