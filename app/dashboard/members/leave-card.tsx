"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { useActor } from "../_parts/actor";
import { ConfirmDialog } from "../_parts/confirm-dialog";

/** The way out for the one who reads this. */
export function LeaveCard() {
  const trpc = useTRPC();
  const { organizationId, organizationName } = useActor();
  const [isAsking, setAsking] = useState(false);
  const leave = useMutation(
    trpc.members.leave.mutationOptions({ onSuccess: () => window.location.assign("/dashboard") }),
  );
  return (
    <Card className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-5">
      <div className="grid gap-1">
        <h2 className="font-medium">Leave {organizationName}</h2>
        <p className="text-ink-2 text-sm">Your keys in it stop at once. Somebody has to invite you back.</p>
      </div>
      <Button variant="secondary" onClick={() => setAsking(true)}>
        Leave…
      </Button>
      <ConfirmDialog
        open={isAsking}
        onClose={() => {
          leave.reset();
          setAsking(false);
        }}
        title={`Leave ${organizationName}?`}
        confirm="Leave"
        isPending={leave.isPending}
        error={leave.error}
        onConfirm={() => leave.mutate({ organization: organizationId })}
      >
        <p>You lose access, and every key that you made here is refused from its next request on.</p>
      </ConfirmDialog>
    </Card>
  );
}
