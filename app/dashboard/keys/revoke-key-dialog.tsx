"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";

interface RevokeKeyDialogProps {
  /** The key to end, or null while the dialog is closed. */
  readonly target: { readonly id: string; readonly name: string; readonly secretTail: string } | null;
  readonly onClose: () => void;
}

/** Names the key and what stops working before anything happens. */
export function RevokeKeyDialog({ target, onClose }: RevokeKeyDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const revoke = useMutation(
    trpc.keys.revoke.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.keys.pathKey() });
        void cache.invalidateQueries({ queryKey: trpc.overview.summary.queryKey() });
        onClose();
      },
    }),
  );
  const error = revoke.error ? toApiError(revoke.error) : null;
  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => {
        if (!open) {
          revoke.reset();
          onClose();
        }
      }}
      title={`Revoke “${target?.name ?? ""}”?`}
    >
      <div className="grid gap-5">
        <p className="text-ink-2">
          Every program that uses the key ending in{" "}
          <code className="font-mono text-ink">{target?.secretTail}</code> is refused with{" "}
          <code className="font-mono text-ink">401 invalid_api_key</code> from its next request on. Requests
          already running finish. This cannot be undone.
        </p>
        {error && (
          <p role="alert" className="text-negative">
            {error.message}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Keep the key
          </Button>
          <Button
            variant="danger"
            loading={revoke.isPending}
            onClick={() => target && revoke.mutate({ keyId: target.id })}
          >
            Revoke key
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
