"use client";

import { useSyncExternalStore } from "react";

/** False on the server and until the page listens; true from then on. */
export function useInBrowser(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}
