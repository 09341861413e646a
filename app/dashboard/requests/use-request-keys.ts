"use client";

import { useEffect } from "react";

interface RequestKeys {
  readonly isOn: boolean;
  /** The requests in the order of the list. */
  readonly ids: readonly string[];
  /** The one in the drawer, or null when it is closed. */
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
}

/**
 * J and K go to the next and the previous request: in the list they move the focus from row to row, so that Enter opens
 * it; in the drawer they change what it shows. Not while something is typed, and not together with other keys.
 */
export function useRequestKeys({ isOn, ids, openId, onOpen }: RequestKeys): void {
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      const step = stepOf(event);
      if (step === 0) return;
      const from = openId ?? idOf(document.activeElement);
      const at = from === null ? -1 : ids.indexOf(from);
      const next = ids[at === -1 ? 0 : at + step];
      if (next === undefined) return;
      event.preventDefault();
      if (openId !== null) return onOpen(next);
      for (const link of document.querySelectorAll<HTMLElement>(`[data-request="${next}"]`))
        if (link.offsetParent !== null) link.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isOn, ids, openId, onOpen]);
}

function stepOf(event: KeyboardEvent): number {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return 0;
  if (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable], [role=listbox]")
  )
    return 0;
  if (key === "j" || key === "J") return 1;
  return key === "k" || key === "K" ? -1 : 0;
}

function idOf(element: Element | null): string | null {
  return element instanceof HTMLElement ? (element.dataset.request ?? null) : null;
}
