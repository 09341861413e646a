"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { MutationError } from "../_parts/mutation-error";
import { reasonWords } from "./recent-alerts";

interface SendTestProps {
  readonly channel: "mail" | "slack";
  /** Nothing is saved that a test could go to. */
  readonly disabled: boolean;
}

/** Along the very way of the real alerts; says at once who was reached. */
export function SendTest({ channel, disabled }: SendTestProps) {
  const trpc = useTRPC();
  const test = useMutation(trpc.alerts.sendTest.mutationOptions());
  const result = test.data;
  return (
    <div className="grid gap-2">
      <Button
        variant="secondary"
        size="sm"
        className="w-fit"
        disabled={disabled}
        loading={test.isPending}
        onClick={() => test.mutate({ channel })}
        aria-label={channel === "mail" ? "Send a test mail" : "Send a test to Slack"}
      >
        Send test
      </Button>
      <div role="status" className="grid gap-1 text-sm empty:hidden">
        {result && result.reached.length > 0 && <p>Sent to {result.reached.join(", ")}.</p>}
        {result?.refused.map(({ recipient, reason }) => (
          <p key={recipient} className="text-negative">
            {recipient}: {reasonWords(reason)}
          </p>
        ))}
      </div>
      <MutationError error={test.error} />
    </div>
  );
}
