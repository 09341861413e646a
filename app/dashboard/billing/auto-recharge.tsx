"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Money } from "@/app/_ui/money";
import { Skeleton } from "@/app/_ui/skeleton";
import type { AppRouter } from "@/server/trpc";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { AutoRechargeForm } from "./auto-recharge-form";

type Answer = inferRouterOutputs<AppRouter>["billing"]["autoRecharge"];
type Settings = NonNullable<Answer["settings"]>;

const PAUSE_TEXT: Readonly<Record<string, string>> = {
  monthly_cap: "The next top-up would pass your monthly cap.",
  no_card: "There is no saved card. Save one with a top-up first.",
  authentication_required: "Your bank wants you to confirm the payment. Top up by hand once, then resume.",
  unconfirmed: "A payment was not confirmed in time. If it arrives after all, it is credited.",
};

/** Automatic top-ups: off until somebody agrees to their terms, and what they are doing now. */
export function AutoRecharge() {
  const trpc = useTRPC();
  const query = useQuery(trpc.billing.autoRecharge.queryOptions(undefined, { staleTime: 0 }));
  return (
    <Card className="grid gap-4 p-5 sm:p-6">
      <QueryView query={query} skeleton={<Skeleton className="h-24" />}>
        {(data) => <Panel key={String(data.settings?.consentAt)} {...data} />}
      </QueryView>
    </Card>
  );
}

function Panel({ settings, recent }: Answer) {
  const [isEditing, setEditing] = useState(false);
  const isOn = settings?.isEnabled === true;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="flex items-center gap-3 font-medium text-lg">
          Auto-recharge
          <Badge tone={isOn ? (settings.pausedReason ? "warning" : "positive") : "neutral"}>
            {isOn ? (settings.pausedReason ? "Paused" : "On") : "Off"}
          </Badge>
        </h2>
        {!isEditing && (
          <Button variant="secondary" onClick={() => setEditing(true)}>
            {isOn ? "Change" : "Set up"}
          </Button>
        )}
      </div>
      {isOn && !isEditing && <Running settings={settings} />}
      {!isOn && !isEditing && (
        <p className="max-w-prose text-ink-2">
          Tops up from your saved card when the balance runs low, before requests are refused. You choose the
          amounts and a monthly cap.
        </p>
      )}
      {isEditing && <AutoRechargeForm settings={settings} onDone={() => setEditing(false)} />}
      {recent.length > 0 && <Recent recent={recent} />}
    </>
  );
}

function Running({ settings }: { readonly settings: Settings }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const onSuccess = () => cache.invalidateQueries({ queryKey: trpc.billing.autoRecharge.queryKey() });
  const resume = useMutation(trpc.billing.resumeAutoRecharge.mutationOptions({ onSuccess }));
  const disable = useMutation(trpc.billing.disableAutoRecharge.mutationOptions({ onSuccess }));
  const error = resume.error ?? disable.error;
  return (
    <>
      {settings.pausedReason && (
        <Banner
          tone="warning"
          action={
            <Button variant="secondary" size="sm" loading={resume.isPending} onClick={() => resume.mutate()}>
              Resume
            </Button>
          }
        >
          {PAUSE_TEXT[settings.pausedReason] ??
            "Your card was declined. Nothing is charged until you resume."}
        </Banner>
      )}
      <p className="max-w-prose text-ink-2">
        Adds <Money nanoUsd={settings.amountNanoUsd} precision="cents" /> when the balance falls below{" "}
        <Money nanoUsd={settings.thresholdNanoUsd} precision="cents" />, at most{" "}
        <Money nanoUsd={settings.monthlyCapNanoUsd} precision="cents" /> a month.
      </p>
      {error && (
        <p role="alert" className="text-negative">
          {toApiError(error).message}
        </p>
      )}
      <Button
        variant="secondary"
        size="sm"
        className="justify-self-start"
        loading={disable.isPending}
        onClick={() => disable.mutate()}
      >
        Turn off
      </Button>
    </>
  );
}

const OUTCOME: Readonly<Record<Answer["recent"][number]["status"], string>> = {
  pending: "being charged",
  succeeded: "paid",
  failed: "declined",
  action_required: "waits for your bank",
};

function Recent({ recent }: Pick<Answer, "recent">) {
  return (
    <ul className="grid gap-1 text-ink-2 text-sm" aria-label="Latest automatic top-ups">
      {recent.slice(0, 3).map((one) => (
        <li key={one.id} className="flex flex-wrap gap-x-2">
          <Money nanoUsd={one.amountNanoUsd} precision="cents" />
          <span>{OUTCOME[one.status]},</span>
          <Instant value={one.createdAt} />
        </li>
      ))}
    </ul>
  );
}
