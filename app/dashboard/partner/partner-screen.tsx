"use client";

import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Stat } from "@/app/_ui/stat";
import type { AppRouter } from "@/server/trpc";
import { QueryView } from "../_parts/query-view";
import { TilesSkeleton } from "../_parts/skeletons";
import { Commissions, Payouts } from "./history";
import { Join } from "./join";
import { TakeOut } from "./take-out";

export type Partner = NonNullable<inferRouterOutputs<AppRouter>["partner"]["view"]["partner"]>;

/** Refer others: the link, what it earned, and how that is paid out. */
export function PartnerScreen() {
  const trpc = useTRPC();
  const query = useQuery(trpc.partner.view.queryOptions(undefined, { staleTime: 0 }));
  return (
    <>
      <PageHeader
        title="Partner"
        description={
          <>
            Refer organizations and earn a share of what they pay.{" "}
            <Link href="/docs/partners" className="underline underline-offset-4">
              How it works
            </Link>
          </>
        }
      />
      <QueryView query={query} skeleton={<TilesSkeleton tiles={4} />}>
        {({ partner, stripePayouts }) =>
          partner ? (
            <>
              {!partner.isActive && (
                <Banner tone="warning">
                  Your link earns nothing at the moment. What was earned stays yours; write to us to resume.
                </Banner>
              )}
              <ReferralLink partner={partner} />
              <Figures partner={partner} />
              <TakeOut partner={partner} stripePayouts={stripePayouts} />
              <Payouts payouts={partner.payouts} />
              <Commissions commissions={partner.commissions} />
            </>
          ) : (
            <Join />
          )
        }
      </QueryView>
    </>
  );
}

function ReferralLink({ partner: { link, rules, referrals } }: { readonly partner: Partner }) {
  return (
    <Card className="grid gap-3 p-5 sm:p-6">
      <h2 className="font-medium text-lg">Your link</h2>
      <p className="flex items-center gap-2">
        <code className="min-w-0 break-all font-mono text-sm">{link}</code>
        <CopyButton value={link} label="Copy referral link" />
      </p>
      <p className="max-w-prose text-ink-2 text-sm">
        {rules.commissionBasisPoints / 100} % of what an organization pays that signs up by it, for{" "}
        {rules.commissionMonths} months. {referrals === 1 ? "One organization" : `${referrals} organizations`}{" "}
        so far.
      </p>
    </Card>
  );
}

function Figures({ partner: { standing, rules } }: { readonly partner: Partner }) {
  return (
    <div className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <Stat
        label="Available"
        value={<Money nanoUsd={standing.availableNanoUsd} precision="cents" />}
        note={
          standing.accountNanoUsd < 0n
            ? "Refunds came after a payout: the next commission makes up for them"
            : "Can be paid out now"
        }
      />
      <Stat
        label="On hold"
        value={<Money nanoUsd={standing.heldNanoUsd} precision="cents" />}
        note={`Available after ${rules.holdDays} days`}
      />
      <Stat
        label="On its way"
        value={<Money nanoUsd={standing.openNanoUsd} precision="cents" />}
        note="Asked for and not paid yet"
      />
      <Stat
        label="Taken"
        value={<Money nanoUsd={standing.paidNanoUsd} precision="cents" />}
        note="Paid out or kept as balance"
      />
    </div>
  );
}
