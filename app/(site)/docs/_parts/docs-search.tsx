"use client";

import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";

// A reader who searches nothing carries neither the dialog nor what searches.
const DocsSearchDialog = lazy(() =>
  import("./docs-search-dialog").then((part) => ({ default: part.DocsSearchDialog })),
);

/** Finds sections of the docs by their words. `/` opens it; what searches is loaded then. */
export function DocsSearch() {
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  if (isOpen && !wasOpened) setWasOpened(true);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target))
        return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="surface mb-5 flex h-9 w-full items-center gap-2 px-3 text-ink-2 text-sm transition-colors hover:border-line-strong hover:text-ink"
      >
        <Search aria-hidden="true" className="size-4" />
        <span className="flex-1 text-left">Search the docs</span>
        <span className="rounded border border-line px-1.5 font-mono text-xs">/</span>
      </button>
      {wasOpened && (
        <Suspense>
          <DocsSearchDialog isOpen={isOpen} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
