"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Menu, MenuItem } from "@/app/_ui/menu";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { SecretOnce } from "../_parts/secret-once";
import { EndpointDialog } from "./endpoint-dialog";
import { TestDialog } from "./test-dialog";
import type { EndpointItem } from "./words";

type Open = "edit" | "test" | "rotate" | "switch" | "remove" | null;

interface EndpointActionsProps {
  readonly endpoint: EndpointItem;
  readonly eventTypes: readonly string[];
}

export function EndpointActions({ endpoint, eventTypes }: EndpointActionsProps) {
  const [open, setOpen] = useState<Open>(null);
  const isActive = endpoint.status === "active";
  const close = () => setOpen(null);
  return (
    <>
      <Button variant="secondary" onClick={() => setOpen("test")} disabled={!isActive}>
        Send test event
      </Button>
      <Menu trigger={<Button variant="secondary">More</Button>}>
        <MenuItem onClick={() => setOpen("edit")}>Change URL or events</MenuItem>
        <MenuItem onClick={() => setOpen("rotate")}>Rotate secret</MenuItem>
        <MenuItem onClick={() => setOpen("switch")}>{isActive ? "Switch off" : "Switch on"}</MenuItem>
        <MenuItem tone="danger" onClick={() => setOpen("remove")}>
          Remove
        </MenuItem>
      </Menu>
      <EndpointDialog open={open === "edit"} onClose={close} eventTypes={eventTypes} endpoint={endpoint} />
      <TestDialog open={open === "test"} onClose={close} endpoint={endpoint} eventTypes={eventTypes} />
      <RotateDialog open={open === "rotate"} onClose={close} endpoint={endpoint} />
      <SwitchDialog open={open === "switch"} onClose={close} endpoint={endpoint} />
      <RemoveDialog open={open === "remove"} onClose={close} endpoint={endpoint} />
    </>
  );
}

interface ActProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly endpoint: EndpointItem;
}

function useRefresh() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: trpc.webhooks.pathKey() });
}

function RotateDialog({ open, onClose, endpoint }: ActProps) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const rotate = useMutation(trpc.webhooks.rotateSecret.mutationOptions({ onSuccess: () => void refresh() }));
  const leave = () => {
    rotate.reset();
    onClose();
  };
  if (rotate.data)
    return (
      <Dialog open={open} onOpenChange={() => {}} mustBeAnswered title="Copy the new secret now">
        <SecretOnce secret={rotate.data.secret} copyLabel="Copy secret" onDone={leave}>
          For 24 hours messages carry two signatures, of the old and of the new secret. Put the new one into
          your server within that time.
        </SecretOnce>
      </Dialog>
    );
  return (
    <ConfirmDialog
      open={open}
      title="Rotate the signing secret?"
      confirm="Rotate secret"
      cancel="Keep it"
      tone="primary"
      isPending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate({ endpointId: endpoint.id })}
      onClose={leave}
    >
      You get a new secret. The present one goes on signing beside it for 24 hours; one that was replaced
      earlier stops at once.
    </ConfirmDialog>
  );
}

function SwitchDialog({ open, onClose, endpoint }: ActProps) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const isActive = endpoint.status === "active";
  const change = useMutation(
    trpc.webhooks.setStatus.mutationOptions({
      onSuccess: () => {
        onClose();
        void refresh();
      },
    }),
  );
  return (
    <ConfirmDialog
      open={open}
      title={isActive ? "Switch this endpoint off?" : "Switch this endpoint on?"}
      confirm={isActive ? "Switch off" : "Switch on"}
      cancel="Cancel"
      tone="primary"
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ endpointId: endpoint.id, status: isActive ? "disabled" : "active" })}
      onClose={onClose}
    >
      {isActive
        ? "It is told of nothing that happens from now on, and what waits to be repeated is given up."
        : "It is told of what happens from now on. What it missed can be sent again from the log."}
    </ConfirmDialog>
  );
}

function RemoveDialog({ open, onClose, endpoint }: ActProps) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const router = useRouter();
  const remove = useMutation(
    trpc.webhooks.remove.mutationOptions({
      onSuccess: async () => {
        router.push("/dashboard/webhooks");
        await refresh();
      },
    }),
  );
  return (
    <ConfirmDialog
      open={open}
      title="Remove this endpoint?"
      confirm="Remove endpoint"
      cancel="Keep it"
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ endpointId: endpoint.id })}
      onClose={onClose}
    >
      <span className="break-all">{endpoint.url}</span> is told of nothing any more, from now on. Its secret
      and its delivery log are deleted. This cannot be undone.
    </ConfirmDialog>
  );
}
