import { LoaderCircle } from "lucide-react";
import { cn } from "./cn";

/** Turning ring. Decoration only: say in words what is going on beside it. */
export function Spinner({ className }: { readonly className?: string }) {
  return <LoaderCircle aria-hidden="true" className={cn("size-4 animate-spin", className)} />;
}
