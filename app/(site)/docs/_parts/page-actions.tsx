"use client";

import { Check, Copy, FileText } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_ui/button";

const SHOWN_MS = 2_000;

/** The page as Markdown: to copy into an assistant, or to read as it is. */
export function PageActions() {
  const pathname = usePathname();
  const markdown = `${pathname}.md`;
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");

  const copy = async () => {
    try {
      const response = await fetch(markdown);
      if (!response.ok) throw new Error(`${response.status}`);
      await navigator.clipboard.writeText(await response.text());
      setState("copied");
    } catch {
      setState("failed");
    }
    setTimeout(() => setState("idle"), SHOWN_MS);
  };

  return (
    <div className="mb-4 flex items-center gap-1 lg:float-right lg:mb-0 lg:ml-4">
      <Button size="sm" variant="ghost" onClick={() => void copy()}>
        {state === "copied" ? (
          <Check aria-hidden="true" className="size-3.5" />
        ) : (
          <Copy aria-hidden="true" className="size-3.5" />
        )}
        Copy page
      </Button>
      {/* Not a page of the site: no client-side navigation. */}
      <a
        href={markdown}
        className="inline-flex h-8 items-center gap-2 rounded-lg px-3 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <FileText aria-hidden="true" className="size-3.5" />
        Markdown
      </a>
      <span role="status" className="sr-only">
        {state === "copied" ? "The page is in the clipboard as Markdown." : ""}
        {state === "failed" ? "The page could not be copied." : ""}
      </span>
    </div>
  );
}
