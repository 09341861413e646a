"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { type BudgetItem, windowWords } from "./words";

interface RemoveBudgetDialogProps {
  readonly target: BudgetItem | null;
  readonly onClose: () => void;
}

/** Names the budget and what is no longer limited before anything happens. */
export function RemoveBudgetDialog({ target, onClose }: RemoveBudgetDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const remove = useMutation(
    trpc.budgets.remove.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.budgets.pathKey() });
        onClose();
      },
    }),
  );
  const error = remove.error ? toApiError(remove.error) : null;
  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => {
        if (open) return;
        remove.reset();
        onClose();
      }}
      title={`Remove the budget of “${target?.scopeName ?? ""}”?`}
    >
      <div className="grid gap-5">
        <p className="text-ink-2">
          {target &&
            `What it may spend ${windowWords(target.window, target.isRolling)} is no longer limited by it, `}
          from the next request on. Other budgets and the balance still are limits.
        </p>
        {error && (
          <p role="alert" className="text-negative">
            {error.message}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Keep it
          </Button>
          <Button
            variant="danger"
            loading={remove.isPending}
            onClick={() => target && remove.mutate({ budgetId: target.id })}
          >
            Remove budget
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
