"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Checkbox } from "@/app/_ui/checkbox";
import { partnerText, STANDARD_RULES } from "@/server/billing/partners/terms";
import { useMay } from "../_parts/actor";
import { MutationError } from "../_parts/mutation-error";

/** The rules, and the consent to them, which is never ticked beforehand. */
export function Join() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const mayJoin = useMay("billing.top_up");
  const [hasAgreed, setAgreed] = useState(false);
  const consent = partnerText(STANDARD_RULES);
  const join = useMutation(
    trpc.partner.join.mutationOptions({
      onSuccess: () => cache.invalidateQueries({ queryKey: trpc.partner.view.queryKey() }),
    }),
  );
  return (
    <Card className="grid gap-4 p-5 sm:p-6">
      <h2 className="font-medium text-lg">Become a partner</h2>
      <p className="max-w-prose text-ink-2">
        You get a link. Organizations that sign up by it earn you a share of everything they pay, to be paid
        out or kept as balance.
      </p>
      <Checkbox
        label={<span className="text-ink-2 text-sm">{consent}</span>}
        checked={hasAgreed}
        onCheckedChange={setAgreed}
      />
      <MutationError error={join.error} />
      <Button
        className="justify-self-start"
        disabled={!hasAgreed || !mayJoin}
        loading={join.isPending}
        onClick={() => join.mutate({ consent })}
      >
        Get my link
      </Button>
    </Card>
  );
}
