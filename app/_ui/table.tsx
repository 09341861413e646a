import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

interface TableProps {
  /** What the rows are; read out, and shown unless hidden. */
  readonly caption: ReactNode;
  readonly hideCaption?: boolean;
  /** On phones: rows become stacked cards of `label: value` (cells then need `label`), or the table gets its own scroll box. */
  readonly phone?: "stack" | "scroll";
  readonly className?: string;
  readonly children: ReactNode;
}

/** A table that stays usable at phone width. */
export function Table({ caption, hideCaption = false, phone = "scroll", className, children }: TableProps) {
  const isStacked = phone === "stack";
  const table = (
    <table className={cn("w-full border-collapse text-sm", isStacked && "stacked-table", className)}>
      <caption className={hideCaption ? "sr-only" : "px-4 py-3 text-left text-ink-2 text-sm"}>
        {caption}
      </caption>
      {children}
    </table>
  );
  if (isStacked) return table;
  return (
    <section
      aria-label={typeof caption === "string" ? caption : "Table"}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto focus-visible:-outline-offset-2"
    >
      {table}
    </section>
  );
}

export function TableHead({ className, ...rest }: ComponentProps<"thead">) {
  return <thead {...rest} className={cn("border-line border-b bg-sunken text-ink-2 text-xs", className)} />;
}

export function TableBody({ className, ...rest }: ComponentProps<"tbody">) {
  return <tbody {...rest} className={cn("divide-y divide-line", className)} />;
}

interface CellProps {
  readonly align?: "left" | "right";
}

export function HeaderCell({
  align = "left",
  className,
  ...rest
}: Omit<ComponentProps<"th">, "align"> & CellProps) {
  return (
    <th
      scope="col"
      {...rest}
      className={cn("whitespace-nowrap px-4 py-2.5 font-medium", alignOf(align), className)}
    />
  );
}

/** `label` is the column's name, repeated in the cell where rows are stacked. */
export function Cell({
  align = "left",
  label,
  className,
  ...rest
}: Omit<ComponentProps<"td">, "align"> & CellProps & { readonly label?: string }) {
  return <td {...rest} data-label={label} className={cn("px-4 py-3", alignOf(align), className)} />;
}

/** The cell that names its row. */
export function RowHeader({ className, ...rest }: ComponentProps<"th">) {
  return <th scope="row" {...rest} className={cn("px-4 py-3 text-left font-normal", className)} />;
}

function alignOf(align: "left" | "right"): string {
  return align === "right" ? "text-right tabular-nums" : "text-left";
}
