"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { type Command, findCommands } from "./command";

interface PaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onHelp: () => void;
  readonly places: readonly Command[];
}

/** Goes to any page, docs page, post or model by typing. */
export function Palette({ open, onClose, onHelp, places }: PaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center px-4 pt-[min(14vh,7rem)]">
          <Dialog.Popup className="surface flex max-h-[min(30rem,75dvh)] w-full max-w-xl flex-col overflow-hidden border-line-strong shadow-pop outline-none transition duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Dialog.Title className="sr-only">Search and go to</Dialog.Title>
            <Finder places={places} onDone={onClose} />
            <p className="flex items-center gap-4 border-line border-t bg-sunken px-4 py-2 text-ink-2 text-xs">
              <span>
                <kbd className="font-sans">↑↓</kbd> choose
              </span>
              <span>
                <kbd className="font-sans">↵</kbd> open
              </span>
              <button
                type="button"
                onClick={onHelp}
                className="ml-auto py-1 underline underline-offset-4 hover:text-ink"
              >
                All shortcuts
              </button>
            </p>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ places, onDone }: { readonly places: readonly Command[]; readonly onDone: () => void }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const { commands, hasFailed } = useCommands();
  const groups = useMemo(() => findCommands([...places, ...commands], typed), [places, commands, typed]);
  const go = (href: string) => {
    onDone();
    router.push(href);
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filteredItems={groups}
      value={typed}
      onValueChange={(value) => setTyped(value)}
      itemToStringValue={(command: Command) => command.label}
      autoHighlight="always"
      keepHighlight
    >
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        <Search aria-hidden="true" className="size-4 shrink-0 text-ink-2" />
        <Autocomplete.Input
          aria-label="Search pages, docs, models and posts"
          placeholder="Go to a page, a model, a docs page …"
          className="h-12 w-full bg-transparent text-base outline-none placeholder:text-ink-3"
        />
      </div>
      <Autocomplete.Empty className="px-4 py-8 text-center text-ink-2 text-sm empty:hidden">
        {groups.length === 0 && "Nothing of that name."}
      </Autocomplete.Empty>
      {hasFailed && (
        <p role="status" className="px-4 pt-3 text-ink-2 text-sm">
          Models, docs and posts could not be loaded. Close and open this to try again.
        </p>
      )}
      <Autocomplete.List className="min-h-0 flex-1 overflow-y-auto p-1.5 empty:hidden">
        {(group: (typeof groups)[number]) => (
          <Autocomplete.Group key={group.value} items={group.items} className="pb-1.5">
            <Autocomplete.GroupLabel className="px-2.5 pt-2 pb-1 text-ink-3 text-xs">
              {group.value}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.href}
                  value={command}
                  onClick={() => go(command.href)}
                  className="flex min-h-9 cursor-default select-none items-center justify-between gap-4 rounded-md px-2.5 py-1 text-sm outline-none data-highlighted:bg-hover"
                >
                  <span className="truncate">{command.label}</span>
                  <span className="hidden truncate text-ink-3 text-xs sm:block">{command.href}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

/** Asked for each time the palette opens; the browser's own cache answers for a minute. */
function useCommands(): { readonly commands: readonly Command[]; readonly hasFailed: boolean } {
  const [state, setState] = useState<{ commands: readonly Command[]; hasFailed: boolean }>({
    commands: [],
    hasFailed: false,
  });
  useEffect(() => {
    const aborter = new AbortController();
    fetch("/commands.json", { signal: aborter.signal })
      .then((response) =>
        response.ok ? response.json() : Promise.reject(new Error(String(response.status))),
      )
      .then((commands: readonly Command[]) => setState({ commands, hasFailed: false }))
      .catch(() => {
        if (!aborter.signal.aborted) setState({ commands: [], hasFailed: true });
      });
    return () => aborter.abort();
  }, []);
  return state;
}
