"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";

/** What follows an act that went well: everything that the console shows is read again, then `then`. */
export function useAct(): (then?: () => void) => { readonly onSuccess: () => void } {
  const trpc = useTRPC();
  const cache = useQueryClient();
  return (then) => ({
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: trpc.operator.pathKey() });
      then?.();
    },
  });
}
