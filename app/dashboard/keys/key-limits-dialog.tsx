"use client";

import { Dialog } from "@/app/_ui/dialog";
import { RateLimitsForm } from "../_parts/rate-limits-form";

interface KeyLimitsDialogProps {
  readonly target: { readonly id: string; readonly name: string } | null;
  readonly isReadOnly: boolean;
  readonly onClose: () => void;
}

/** How fast one key may call. */
export function KeyLimitsDialog({ target, isReadOnly, onClose }: KeyLimitsDialogProps) {
  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Rate limits of “${target?.name ?? ""}”`}
      description="Beside these, the limits of the organization apply."
      className="max-w-2xl"
    >
      {target && <RateLimitsForm keyId={target.id} isReadOnly={isReadOnly} />}
    </Dialog>
  );
}
