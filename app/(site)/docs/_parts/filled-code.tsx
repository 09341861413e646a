"use client";

import { CodeBlock } from "@/app/_ui/code-block";
import { type CodeSample, CodeTabs } from "@/app/_ui/code-tabs";
import type { CodeLanguage } from "@/app/_ui/highlight";
import { useDocsKey, withKey } from "./docs-key";

interface FilledBlockProps {
  readonly code: string;
  readonly language: CodeLanguage;
  readonly title?: string | undefined;
}

/** A sample that follows the reader's key. */
export function FilledBlock({ code, language, title }: FilledBlockProps) {
  const { apiKey } = useDocsKey();
  return (
    <CodeBlock
      className="my-6"
      code={withKey(code, language, apiKey)}
      language={language}
      {...(title ? { title } : {})}
    />
  );
}

interface FilledTabsProps {
  readonly label: string;
  readonly samples: readonly CodeSample[];
}

/** One thing in several languages, with the reader's key. */
export function FilledTabs({ label, samples }: FilledTabsProps) {
  const { apiKey } = useDocsKey();
  const filled = samples.map((sample) => ({
    ...sample,
    code: withKey(sample.code, sample.language, apiKey),
  }));
  return (
    <div className="my-6">
      <CodeTabs label={label} samples={filled} />
    </div>
  );
}
