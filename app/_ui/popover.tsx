import { type ReactNode, useId } from "react";
import { cn } from "./cn";
import { IconButton } from "./icon-button";

interface PopoverProps {
  /** Name of the button that opens it. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly buttonClassName?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * A small sheet under a button of the page's head. The browser opens it, closes it on Escape or on a click elsewhere, and
 * brings the focus back: it works before the page is alive, and costs no script.
 */
export function Popover({ label, icon, buttonClassName, className, children }: PopoverProps) {
  const id = useId();
  return (
    <>
      <IconButton label={label} icon={icon} popoverTarget={id} className={buttonClassName} />
      <div
        id={id}
        popover="auto"
        className={cn(
          "under-its-button rounded-lg border border-line-strong bg-raised p-1 text-ink shadow-pop",
          className,
        )}
      >
        {children}
      </div>
    </>
  );
}
