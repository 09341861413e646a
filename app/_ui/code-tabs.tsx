"use client";

import { Tabs } from "@base-ui/react/tabs";
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
  const [remembered, remember] = useRemembered(memory);
  const chosen = samples.find(({ id }) => id === remembered) ?? samples[0];
  if (!chosen) return null;
  return (
    <Tabs.Root
      value={chosen.id}
      onValueChange={(next) => remember(String(next))}
      className={cn("surface min-w-0 overflow-hidden", className)}
    >
      <div className="flex items-center border-line border-b bg-sunken pr-1">
        <Tabs.List aria-label={label} className="flex min-w-0 flex-1 overflow-x-auto px-2">
          {samples.map((sample) => (
            <Tabs.Tab
              key={sample.id}
              value={sample.id}
              className="-mb-px h-10 shrink-0 border-transparent border-b-2 px-2.5 text-ink-2 text-xs transition-colors hover:text-ink focus-visible:-outline-offset-2 data-active:border-accent data-active:font-medium data-active:text-ink"
            >
              {sample.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <CopyButton value={chosen.code} label={`Copy the ${chosen.label} sample`} />
      </div>
      {samples.map((sample) => (
        <Tabs.Panel key={sample.id} value={sample.id} className="focus-visible:-outline-offset-2">
          {sample.install && (
            <div className="flex items-center border-line border-b py-1 pr-1 pl-4">
              <code className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap font-mono text-ink-2 text-xs">
                {sample.install}
              </code>
              <CopyButton value={sample.install} label="Copy the install command" />
            </div>
          )}
          <Code code={sample.code} language={sample.language} />
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
