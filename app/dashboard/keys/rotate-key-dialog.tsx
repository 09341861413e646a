"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { Select } from "@/app/_ui/select";
import { MutationError } from "../_parts/mutation-error";
import { SecretStep } from "./secret-step";

const OVERLAPS = [
  { value: "5", label: "5 minutes" },
  { value: "60", label: "1 hour" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
  { value: "43200", label: "30 days" },
];

interface RotateKeyDialogProps {
  readonly target: { readonly id: string; readonly name: string; readonly secretTail: string } | null;
  readonly onClose: () => void;
}

/** A new secret for the same key, while the old one goes on for a time that is chosen here. */
export function RotateKeyDialog({ target, onClose }: RotateKeyDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setSecret(null);
    onClose();
  };
  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => !open && close()}
      mustBeAnswered={secret !== null}
      title={secret ? "Copy your new secret now" : `Rotate “${target?.name ?? ""}”`}
    >
      {secret ? (
        <SecretStep secret={secret} onDone={close} />
      ) : (
        target && <OverlapStep target={target} onCancel={close} onRotated={setSecret} />
      )}
    </Dialog>
  );
}

interface OverlapStepProps {
  readonly target: { readonly id: string; readonly secretTail: string };
  readonly onCancel: () => void;
  readonly onRotated: (secret: string) => void;
}

function OverlapStep({ target, onCancel, onRotated }: OverlapStepProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [overlap, setOverlap] = useState("1440");
  const rotate = useMutation(
    trpc.keys.rotate.mutationOptions({
      onSuccess: ({ secret }) => {
        void cache.invalidateQueries({ queryKey: trpc.keys.pathKey() });
        onRotated(secret);
      },
    }),
  );
  return (
    <div className="grid gap-5">
      <HoldDialog />
      <p className="text-ink-2">
        The key keeps its limits and its history. The secret ending in{" "}
        <code className="font-mono text-ink">{target.secretTail}</code> goes on for the time that you choose,
        so that programs can be changed one after the other. Has somebody else seen it? Then revoke the key
        instead: that stops it at once.
      </p>
      <Select
        label="The old secret works for"
        value={overlap}
        options={OVERLAPS}
        onValueChange={setOverlap}
      />
      <MutationError error={rotate.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" disabled={rotate.isPending} onClick={onCancel}>
          Cancel
        </Button>
        <Button
          loading={rotate.isPending}
          onClick={() => rotate.mutate({ keyId: target.id, overlapMinutes: Number(overlap) })}
        >
          Make a new secret
        </Button>
      </div>
    </div>
  );
}
