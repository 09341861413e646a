"use client";

import { Badge } from "@/app/_ui/badge";
import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { Instant } from "../_parts/instant";
import type { Partner } from "./partner-screen";

const STATUS = {
  requested: { tone: "accent", label: "Requested" },
  approved: { tone: "accent", label: "Approved" },
  paid: { tone: "positive", label: "Paid" },
  failed: { tone: "negative", label: "Failed" },
  converted: { tone: "positive", label: "Kept as balance" },
} as const;

/** Every payout, newest first. */
export function Payouts({ payouts }: Pick<Partner, "payouts">) {
  return (
    <section className="grid gap-3">
      <h2 className="font-medium text-lg">Payouts</h2>
      <Card className="p-0">
        {payouts.length === 0 ? (
          <EmptyState title="No payouts yet" description="What you take out is listed here." />
        ) : (
          <ul className="divide-y divide-line">
            {payouts.map((one) => (
              <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 p-4">
                <div className="min-w-0">
                  <p className="font-medium">
                    <Money nanoUsd={one.amountNanoUsd} precision="cents" />
                  </p>
                  <p className="flex items-center gap-1 text-ink-2 text-sm">
                    <code className="truncate font-mono text-xs">{one.id}</code>
                    <CopyButton value={one.id} label="Copy payout id" />
                  </p>
                  {one.reason && <p className="text-ink-2 text-sm">{one.reason}</p>}
                </div>
                <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2 text-sm">
                  <Instant value={one.closedAt ?? one.createdAt} />
                  <Badge tone={STATUS[one.status].tone}>{STATUS[one.status].label}</Badge>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </section>
  );
}

/** What earned commission, without saying who paid. */
export function Commissions({ commissions }: Pick<Partner, "commissions">) {
  return (
    <section className="grid gap-3">
      <h2 className="font-medium text-lg">Commission</h2>
      <Card className="p-0">
        {commissions.length === 0 ? (
          <EmptyState
            title="No commission yet"
            description="Share your link: what a referred organization pays is listed here."
          />
        ) : (
          <ul className="divide-y divide-line">
            {commissions.map((one) => (
              <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 p-4">
                <span className="font-medium">
                  <Money nanoUsd={one.amountNanoUsd - one.reversedNanoUsd} precision="cents" />
                </span>
                <span className="flex flex-wrap gap-x-3 text-ink-2 text-sm">
                  {one.reversedNanoUsd > 0n && (
                    <span>
                      <Money nanoUsd={one.reversedNanoUsd} precision="cents" /> refunded or disputed
                    </span>
                  )}
                  <span>
                    Earned <Instant value={one.createdAt} />
                  </span>
                  <span>
                    available <Instant value={one.availableAt} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </section>
  );
}
