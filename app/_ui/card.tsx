import type { ComponentProps } from "react";
import { cn } from "./cn";

/** A raised sheet. Padding is the caller's, since tables run to its edge. */
export function Card({ className, ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={cn("surface min-w-0", className)} />;
}
