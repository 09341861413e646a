"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Select } from "@/app/_ui/select";
import type { EndpointItem } from "./words";

interface TestDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly endpoint: EndpointItem;
  readonly eventTypes: readonly string[];
}

/** Sends the sample of one event, signed like a real one. */
export function TestDialog({ open, onClose, endpoint, eventTypes }: TestDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [type, setType] = useState(
    endpoint.eventTypes.find((each) => eventTypes.includes(each)) ?? "key.created",
  );
  const send = useMutation(
    trpc.webhooks.sendTest.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.webhooks.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (next) return;
        send.reset();
        onClose();
      }}
      title="Send a test event"
    >
      <div className="grid gap-5">
        <p className="text-ink-2">
          The sample of the event from the docs, signed like a real one. It appears in the log below, marked
          as a test.
        </p>
        <Select
          label="Event"
          value={type}
          options={eventTypes.map((each) => ({ value: each, label: each }))}
          onValueChange={setType}
        />
        {send.error && (
          <p role="alert" className="text-negative">
            {toApiError(send.error).message}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={send.isPending}
            onClick={() => send.mutate({ endpointId: endpoint.id, type: type as "key.created" })}
          >
            Send
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
