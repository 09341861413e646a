"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { cn } from "../cn";
import { useRemembered } from "../use-remembered";
import type { Command } from "./command";
import { type Jump, readKey } from "./keys";

// Both come when they are first asked for: a page that nobody searches carries neither.
const Palette = lazy(() => import("./palette").then((part) => ({ default: part.Palette })));
const ShortcutsDialog = lazy(() =>
  import("./shortcuts-dialog").then((part) => ({ default: part.ShortcutsDialog })),
);

const PREFIX_LIFE_MS = 1_500;
const SWITCH_KEY = "single-key-shortcuts";

/** What the button tells the centre; they stand in different places of the page, and there may be two buttons. */
const OPEN = "open-commands";

interface CommandButtonProps {
  /** Where there is room it says in a word what it does. */
  readonly hasWord?: boolean;
  readonly className?: string;
}

/** Opens the command palette. */
export function CommandButton({ hasWord = false, className }: CommandButtonProps) {
  return (
    <button
      type="button"
      onClick={() => window.dispatchEvent(new Event(OPEN))}
      aria-keyshortcuts="Meta+K Control+K"
      aria-label="Search and go to"
      className={cn(
        "inline-flex h-8 items-center gap-2 rounded-md px-2 text-ink-2 text-sm transition-colors hover:bg-hover hover:text-ink",
        className,
      )}
    >
      <Search aria-hidden="true" className="size-4" />
      {hasWord && <span className="flex-1 text-left">Search</span>}
      <kbd className="hidden font-sans text-xs md:inline">⌘K</kbd>
    </button>
  );
}

interface CommandCentreProps {
  /** Places of this part of the product, found before everything else. */
  readonly places?: readonly Command[];
  readonly jumps?: readonly Jump[];
}

const NONE = [] as const;

/** The command palette and the keys of the whole page. Stands once on each. */
export function CommandCentre({ places = NONE, jumps = NONE }: CommandCentreProps) {
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  const [wasOpened, setWasOpened] = useState({ palette: false, help: false });
  const [switched, setSwitched] = useRemembered(SWITCH_KEY);
  const areOn = switched !== "off";
  const show = useCallback((part: "palette" | "help") => {
    setWasOpened((before) => ({ ...before, [part]: true }));
    setOpen(part);
  }, []);
  useKeys({ jumps, areOn, show });
  useEffect(() => {
    const onOpen = () => show("palette");
    window.addEventListener(OPEN, onOpen);
    return () => window.removeEventListener(OPEN, onOpen);
  }, [show]);
  return (
    <Suspense>
      {wasOpened.palette && (
        <Palette
          open={open === "palette"}
          onClose={() => setOpen(null)}
          onHelp={() => show("help")}
          places={places}
        />
      )}
      {wasOpened.help && (
        <ShortcutsDialog
          open={open === "help"}
          onClose={() => setOpen(null)}
          jumps={jumps}
          areOn={areOn}
          onSwitch={(next) => setSwitched(next ? "on" : "off")}
        />
      )}
    </Suspense>
  );
}

interface KeysInput {
  readonly jumps: readonly Jump[];
  readonly areOn: boolean;
  readonly show: (part: "palette" | "help") => void;
}

/** Listens for as long as the page stands. */
function useKeys(input: KeysInput): void {
  const router = useRouter();
  const current = useRef(input);
  current.current = input;
  useEffect(() => {
    let prefixUntilMs = 0;
    function onKeyDown(event: KeyboardEvent) {
      const { jumps, areOn, show } = current.current;
      const afterPrefix = event.timeStamp < prefixUntilMs;
      prefixUntilMs = 0;
      const pressed = readKey(
        {
          key: event.key,
          ctrlKey: event.ctrlKey,
          metaKey: event.metaKey,
          altKey: event.altKey,
          isBusy: event.repeat || event.defaultPrevented || isBusy(event.target),
        },
        { jumps, areOn, afterPrefix },
      );
      if (pressed === null) return;
      if (pressed.kind === "prefix") {
        prefixUntilMs = event.timeStamp + PREFIX_LIFE_MS;
        return;
      }
      if (pressed.kind === "search" && !focusSearch()) return;
      event.preventDefault();
      if (pressed.kind === "jump") router.push(pressed.href);
      else if (pressed.kind !== "search") show(pressed.kind);
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [router]);
}

/** In a field, or in front of a dialog or a menu, keys belong to what is there. */
function isBusy(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]",
    ) !== null
  );
}

/** The search field of the page, if it has one. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("main input[type=search]");
  field?.focus();
  return field !== null;
}
