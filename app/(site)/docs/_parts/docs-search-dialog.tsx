"use client";

import MiniSearch from "minisearch";
import { useRouter } from "next/navigation";
import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef, useState } from "react";
import { Dialog } from "@/app/_ui/dialog";
import { Input } from "@/app/_ui/input";
import { Link } from "@/app/_ui/link";
import type { SearchEntry } from "../_search/entries";

const MOST_RESULTS = 8;

type Index = MiniSearch<SearchEntry>;
interface Hit {
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** The field, what it finds, and the index, which is fetched when this opens. */
export function DocsSearchDialog({
  isOpen,
  onOpenChange,
}: {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange} title="Search the docs" className="max-w-xl">
      <SearchBox onDone={() => onOpenChange(false)} />
    </Dialog>
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
