"use client";

import { Checkbox } from "../checkbox";
import { Dialog } from "../dialog";
import type { Jump } from "./keys";

interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly jumps: readonly Jump[];
  readonly areOn: boolean;
  readonly onSwitch: (areOn: boolean) => void;
}

/** Every shortcut, and the switch for those of a single key. */
export function ShortcutsDialog({ open, onClose, jumps, areOn, onSwitch }: ShortcutsDialogProps) {
  const rows: readonly (readonly [keys: readonly string[], label: string])[] = [
    [["⌘", "K"], "Search and go to (Ctrl K elsewhere)"],
    [["/"], "Search on this page"],
    [["?"], "This list"],
    [["Esc"], "Close what is on top"],
    ...jumps.map(({ key, label }) => [["g", key], label] as const),
  ];
  return (
    <Dialog open={open} onOpenChange={(isOpen) => !isOpen && onClose()} title="Keyboard shortcuts">
      <dl className="grid gap-2">
        {rows.map(([keys, label]) => (
          <div key={label} className="flex items-center justify-between gap-6 text-sm">
            <dt className="text-ink-2">{label}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="grid h-6 min-w-6 place-items-center rounded border border-line-strong bg-sunken px-1.5 font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-6 border-line border-t pt-4">
        <Checkbox checked={areOn} onCheckedChange={onSwitch} label="Shortcuts of a single key" />
      </div>
    </Dialog>
  );
}
