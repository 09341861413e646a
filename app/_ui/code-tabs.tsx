"use client";

import { type KeyboardEvent, useId } from "react";
import { cn } from "./cn";
import { Code } from "./code";
import { CopyButton } from "./copy-button";
import type { CodeLanguage } from "./highlight";
import { useRemembered } from "./use-remembered";

export interface CodeSample {
  readonly id: string;
  readonly label: string;
  readonly language: CodeLanguage;
  readonly code: string;
  /** What has to be installed first. */
  readonly install?: string | null;
}

interface CodeTabsProps {
  readonly label: string;
  readonly samples: readonly CodeSample[];
  /** The choice is kept under this name, so that every sample of the site follows it. */
  readonly memory?: string;
  readonly className?: string;
}

/** One thing in several languages. The chosen tab is remembered in this browser. */
export function CodeTabs({ label, samples, memory = "code-language", className }: CodeTabsProps) {
  const panelId = useId();
  const [remembered, remember] = useRemembered(memory);
  const chosen = samples.find(({ id }) => id === remembered) ?? samples[0];
  if (!chosen) return null;
  return (
    <div className={cn("surface min-w-0 overflow-hidden", className)}>
      <div className="flex items-center border-line border-b bg-sunken pr-1">
        <div
          role="tablist"
          aria-label={label}
          onKeyDown={moveFocus}
          className="flex min-w-0 flex-1 overflow-x-auto px-2"
        >
          {samples.map(({ id, label: name }) => (
            <button
              key={id}
              type="button"
              role="tab"
              aria-selected={id === chosen.id}
              aria-controls={panelId}
              tabIndex={id === chosen.id ? 0 : -1}
              onClick={() => remember(id)}
              className="-mb-px h-10 shrink-0 border-transparent border-b-2 px-2.5 text-ink-2 text-xs transition-colors hover:text-ink focus-visible:-outline-offset-2 aria-selected:border-accent aria-selected:font-medium aria-selected:text-ink"
            >
              {name}
            </button>
          ))}
        </div>
        <CopyButton value={chosen.code} label={`Copy the ${chosen.label} sample`} />
      </div>
      <div id={panelId} role="tabpanel" aria-label={chosen.label}>
        {chosen.install && (
          <div className="flex items-center border-line border-b py-1 pr-1 pl-4">
            <code className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap font-mono text-ink-2 text-xs">
              {chosen.install}
            </code>
            <CopyButton value={chosen.install} label="Copy the install command" />
          </div>
        )}
        <Code code={chosen.code} language={chosen.language} />
      </div>
    </div>
  );
}

/** Arrows, Home and End go from tab to tab and show what they come to (WAI-ARIA Authoring Practices, "Tabs"). */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const at = tabs.indexOf(event.target as HTMLElement);
  const target: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1 + tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  const next = target[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  const tab = tabs[next % tabs.length];
  tab?.focus();
  tab?.click();
}
