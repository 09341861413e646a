"use client";

import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./icon-button";

interface DrawerProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A sheet at the right edge, over the page that it belongs to. Focus goes in, and comes back to where it was. */
export function Drawer({ open, onClose, title, actions, children }: DrawerProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup className="fixed inset-y-0 right-0 z-50 flex w-full max-w-2xl flex-col border-line-strong border-l bg-canvas shadow-pop outline-none transition-transform duration-200 ease-out motion-reduce:transition-none data-ending-style:translate-x-full data-starting-style:translate-x-full">
          <div className="flex items-center gap-2 border-line border-b bg-raised px-4 py-3">
            <BaseDialog.Title className="min-w-0 flex-1 truncate font-semibold text-lg leading-7">
              {title}
            </BaseDialog.Title>
            {actions}
            <BaseDialog.Close
              render={<IconButton label="Close" icon={<X aria-hidden="true" />} className="-mr-2" />}
            />
          </div>
          <section
            aria-label="Details"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
            tabIndex={0}
            className="min-h-0 flex-1 overflow-y-auto p-4 focus-visible:-outline-offset-2"
          >
            {children}
          </section>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
