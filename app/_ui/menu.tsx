"use client";

import { Menu as BaseMenu } from "@base-ui/react/menu";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cn } from "./cn";
import { Link } from "./link";

const itemStyles =
  "flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2.5 py-1 text-sm outline-none data-highlighted:bg-hover data-disabled:opacity-55 [&_svg]:size-4 [&_svg]:text-ink-2";

interface MenuProps {
  /** The button that opens it; has to pass on its props and its ref. */
  readonly trigger: ReactElement;
  readonly align?: "start" | "center" | "end";
  readonly side?: "top" | "bottom";
  readonly className?: string;
  readonly children: ReactNode;
}

/** A list of actions behind a button. */
export function Menu({ trigger, align = "end", side = "bottom", className, children }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={6} align={align} side={side} className="z-50 outline-none">
          <BaseMenu.Popup
            className={cn(
              "min-w-48 rounded-lg border border-line-strong bg-raised p-1 shadow-pop outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0",
              className,
            )}
          >
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

interface MenuItemProps {
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly tone?: "normal" | "danger";
  readonly children: ReactNode;
}

export function MenuItem({ tone = "normal", children, ...rest }: MenuItemProps) {
  return (
    <BaseMenu.Item {...rest} className={cn(itemStyles, tone === "danger" && "text-negative")}>
      {children}
    </BaseMenu.Item>
  );
}

export function MenuLink(props: ComponentProps<typeof Link>) {
  return <BaseMenu.Item className={itemStyles} render={<Link {...props} />} nativeButton={false} />;
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="my-1 h-px bg-line" />;
}

interface MenuRadioProps {
  readonly label: string;
  readonly value: string;
  readonly onValueChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string; readonly icon?: ReactNode }[];
}

/** One of a few inside a menu; choosing leaves the menu open, so that the effect can be seen. */
export function MenuRadio({ label, value, onValueChange, options }: MenuRadioProps) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={(next) => onValueChange(String(next))}>
      <BaseMenu.GroupLabel className="px-2.5 pt-1.5 pb-1 text-ink-3 text-xs">{label}</BaseMenu.GroupLabel>
      {options.map((option) => (
        <BaseMenu.RadioItem key={option.value} value={option.value} className={itemStyles}>
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <BaseMenu.RadioItemIndicator className="size-1.5 rounded-full bg-accent" />
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  );
}
