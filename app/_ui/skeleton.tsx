import { cn } from "./cn";

/** Stands where something will be, in its final size. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden="true" className={cn("animate-pulse rounded-md bg-hover", className)} />;
}
