"use client";

import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useRef } from "react";
import { cn } from "./cn";
import { IconButton } from "./icon-button";

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Esc, a click beside it and the cross do nothing: only the dialog's own buttons end it. */
  readonly mustBeAnswered?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Tells the dialog around what to ask before it lets itself be closed; see `HoldDialog`. */
export const HoldContext = createContext<(isHeld: () => boolean) => void>(() => {});

/** A question in front of the page. Focus goes in, stays in, and comes back to where it was. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  mustBeAnswered = false,
  className,
  children,
}: DialogProps) {
  const isHeld = useRef<() => boolean>(() => false);
  const hold = useCallback((check: () => boolean) => {
    isHeld.current = check;
  }, []);
  return (
    <BaseDialog.Root
      open={open}
      onOpenChange={(next) => {
        if (next || !(mustBeAnswered || isHeld.current())) onOpenChange(next);
      }}
      disablePointerDismissal={mustBeAnswered}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center overflow-y-auto px-4 py-[min(12vh,6rem)]">
          <BaseDialog.Popup
            className={cn(
              "surface relative w-full max-w-lg border-line-strong p-6 shadow-pop outline-none transition duration-150 ease-out data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0",
              className,
            )}
          >
            <div className="mb-4 flex items-start gap-4">
              <div className="grid min-w-0 flex-1 gap-1">
                <BaseDialog.Title className="font-semibold text-lg leading-7">{title}</BaseDialog.Title>
                {description && (
                  <BaseDialog.Description className="text-ink-2 text-sm">
                    {description}
                  </BaseDialog.Description>
                )}
              </div>
              {!mustBeAnswered && (
                <BaseDialog.Close
                  render={
                    <IconButton label="Close" icon={<X aria-hidden="true" />} className="-mt-0.5 -mr-2" />
                  }
                />
              )}
            </div>
            <HoldContext value={hold}>{children}</HoldContext>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
