"use client";

import { useCallback, useSyncExternalStore } from "react";

const CHANGED = "remembered-changed";

/** A word kept in this browser, the same in every component that asks for it. Null on the server and at first. */
export function useRemembered(key: string): readonly [string | null, (value: string) => void] {
  const read = useCallback(() => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage can be forbidden; the choice then lasts as long as nothing asks again.
    }
  }, [key]);
  const value = useSyncExternalStore(subscribe, read, () => null);
  const write = useCallback(
    (next: string) => {
      try {
        localStorage.setItem(key, next);
      } catch {}
      window.dispatchEvent(new Event(CHANGED));
    },
    [key],
  );
  return [value, write];
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("storage", onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener("storage", onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}
