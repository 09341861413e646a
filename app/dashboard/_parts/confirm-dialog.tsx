"use client";

import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { MutationError } from "./mutation-error";

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Names the thing that is meant. */
  readonly title: string;
  /** What stops working, and whether it can be undone. */
  readonly children: ReactNode;
  readonly confirm: string;
  readonly cancel?: string;
  /** `primary` for an act that can be taken back. */
  readonly tone?: "danger" | "primary";
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
}

/** Asks before an act that cannot be taken back. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  children,
  confirm,
  cancel = "Cancel",
  tone = "danger",
  isPending,
  error,
  onConfirm,
}: ConfirmDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title={title}>
      <HoldDialog />
      <div className="grid gap-5">
        <div className="grid gap-4 text-ink-2">{children}</div>
        <MutationError error={error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="ghost" disabled={isPending} onClick={onClose}>
            {cancel}
          </Button>
          <Button variant={tone} loading={isPending} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
