"use client";

import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import type { ReactNode } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { ButtonLink } from "@/app/_ui/button-link";
import { Money } from "@/app/_ui/money";
import type { AppRouter } from "@/server/trpc";
import { daysText } from "../_format/days";
import { useActor, useMay } from "./actor";

const REFRESH_MS = 60_000;

type Notice = NonNullable<inferRouterOutputs<AppRouter>["overview"]["notice"]>;

/** The one thing that has to be known first. Two-factor sign-in goes before all: without it nothing else can be seen. */
export function TopBanner() {
  const { mustSetUpTwoFactor, organizationName } = useActor();
  if (!mustSetUpTwoFactor) return <NoticeBanner />;
  return (
    <Banner tone="warning" action={<Way href="/dashboard/settings">Set it up</Way>}>
      {organizationName} requires two-factor sign-in. Until you have set it up you can see nothing here.
    </Banner>
  );
}

/** Nothing while it is not known: a page is not held up by it, and a failure to ask is no news of its own. */
function NoticeBanner() {
  const trpc = useTRPC();
  const mayTopUp = useMay("billing.top_up");
  const notice = useQuery(trpc.overview.notice.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  if (!notice.data) return null;
  return show(notice.data, mayTopUp ? <Way href="/dashboard/billing">Top up</Way> : undefined);
}

function show(notice: Notice, topUp: ReactNode): ReactNode {
  if (notice.kind === "suspended")
    return (
      <Banner tone="negative" action={<Way href="/dashboard/support">Write to us</Way>}>
        This organization is suspended{notice.suspendedFor === "dispute" && " because of a disputed payment"}:
        its keys are refused. Its data and balance are kept.
      </Banner>
    );
  if (notice.kind === "empty")
    return (
      <Banner tone="negative" action={topUp}>
        The balance is used up{notice.debtNanoUsd > 0n && ", and something is owed"}: requests are refused
        until it is topped up.
      </Banner>
    );
  if (notice.kind === "low")
    return (
      <Banner tone="warning" action={topUp}>
        The balance is low: <Money nanoUsd={notice.availableNanoUsd} /> can be spent
        {notice.days !== null && `, enough for ${daysText(notice.days)} at the pace of the last seven`}.
      </Banner>
    );
  return (
    <Banner tone="info" action={<Way href="/status">Status</Way>}>
      {notice.providers.join(", ")} {notice.providers.length === 1 ? "is" : "are"} out for some models right
      now. Requests go to other providers where there are any.
    </Banner>
  );
}

function Way({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <ButtonLink href={href} variant="secondary" size="sm">
      {children}
    </ButtonLink>
  );
}
