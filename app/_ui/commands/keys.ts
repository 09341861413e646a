/** `g` and then one of these leads there; drawn in the list of shortcuts too. */
export interface Jump {
  readonly key: string;
  readonly href: string;
  readonly label: string;
}

/** What a key press asks for. */
export type Pressed =
  | { readonly kind: "palette" | "help" | "search" | "prefix" }
  | { readonly kind: "jump"; readonly href: string }
  | null;

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Is the reader typing, or in front of a dialog? */
  readonly isBusy: boolean;
}

/**
 * ⌘K works everywhere. Single keys work only where nobody types, and can be turned off (WCAG 2.1.4).
 * @param afterPrefix `g` was pressed a moment ago
 */
export function readKey(
  press: KeyPress,
  {
    jumps,
    areOn,
    afterPrefix,
  }: { readonly jumps: readonly Jump[]; readonly areOn: boolean; readonly afterPrefix: boolean },
): Pressed {
  const { key, ctrlKey, metaKey, altKey, isBusy } = press;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k") return { kind: "palette" };
  if (!areOn || isBusy || ctrlKey || metaKey || altKey) return null;
  if (afterPrefix) {
    const jump = jumps.find((one) => one.key === key.toLowerCase());
    return jump ? { kind: "jump", href: jump.href } : null;
  }
  if (key === "?") return { kind: "help" };
  if (key === "/") return { kind: "search" };
  return key === "g" && jumps.length > 0 ? { kind: "prefix" } : null;
}
