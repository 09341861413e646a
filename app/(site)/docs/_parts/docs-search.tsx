"use client";

import { Search } from "lucide-react";
import MiniSearch from "minisearch";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef, useState } from "react";
import { Dialog } from "@/app/_ui/dialog";
import { Input } from "@/app/_ui/input";
import type { SearchEntry } from "../_search/entries";

const MOST_RESULTS = 8;

type Index = MiniSearch<SearchEntry>;
interface Hit {
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** Finds sections of the docs by their words. `/` opens it; the index is loaded then. */
export function DocsSearch() {
  const [isOpen, setOpen] = useState(false);
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
      <Dialog open={isOpen} onOpenChange={setOpen} title="Search the docs" className="max-w-xl">
        <SearchBox onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function SearchBox({ onDone }: { readonly onDone: () => void }) {
  const router = useRouter();
  const [query, setQuery] = useState("");
  const index = useIndex();
  const hits = typeof index === "object" ? find(index, query) : [];
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);

  /** Up and down go through the field and the links below it. */
  const onKeyDown = (event: ReactKeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const stops = [input.current, ...(list.current?.querySelectorAll("a") ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLInputElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move the focus between elements that are interactive
    <div className="grid gap-3" onKeyDown={onKeyDown}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = hits;
          if (!first) return;
          router.push(first.id);
          onDone();
        }}
      >
        <Input
          ref={input}
          aria-label="Words to find"
          placeholder="streaming, 402, price lock…"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </form>
      <p role="status" className="text-ink-2 text-sm">
        {statusOf(index, query, hits.length)}
      </p>
      <ul ref={list} className="-mx-2 grid gap-0.5">
        {hits.map(({ id, page, heading, text }) => (
          <li key={id}>
            <Link
              href={id}
              onClick={onDone}
              className="block rounded-lg px-3 py-2 hover:bg-hover focus:bg-hover"
            >
              <span className="block font-medium text-sm">
                {page}
                {heading !== page && <span className="text-ink-2"> › {heading}</span>}
              </span>
              <span className="line-clamp-2 text-ink-2 text-sm">{text}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function useIndex(): Index | "loading" | "failed" {
  const [index, setIndex] = useState<Index | "loading" | "failed">("loading");
  useEffect(() => {
    let isGone = false;
    loadIndex().then(
      (loaded) => !isGone && setIndex(loaded),
      () => !isGone && setIndex("failed"),
    );
    return () => {
      isGone = true;
    };
  }, []);
  return index;
}

function statusOf(index: Index | "loading" | "failed", query: string, found: number): string {
  if (index === "loading") return "Loading the index…";
  if (index === "failed") return "The index could not be loaded. Reload the page to try again.";
  if (query.trim() === "") return "Type to search. Enter opens the first, arrows go on to the others.";
  if (found === 0) return `Nothing found for “${query.trim()}”.`;
  return found === 1 ? "1 section" : `${found} sections`;
}

function find(index: Index, query: string): Hit[] {
  if (query.trim() === "") return [];
  return index
    .search(query, { prefix: true, fuzzy: 0.15, boost: { heading: 4, page: 2 }, combineWith: "AND" })
    .slice(0, MOST_RESULTS) as unknown as Hit[];
}

let loading: Promise<Index> | null = null;
function loadIndex(): Promise<Index> {
  loading ??= fetch("/docs/search-index.json")
    .then((response) => {
      if (!response.ok) throw new Error(`${response.status}`);
      return response.json() as Promise<SearchEntry[]>;
    })
    .then((entries) => {
      const index = new MiniSearch<SearchEntry>({
        fields: ["page", "heading", "text"],
        storeFields: ["page", "heading", "text"],
      });
      index.addAll(entries);
      return index;
    })
    .catch((reason: unknown) => {
      loading = null;
      throw reason;
    });
  return loading;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
