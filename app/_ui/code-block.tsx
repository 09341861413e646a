import { cn } from "./cn";
import { Code } from "./code";
import { CopyButton } from "./copy-button";
import type { CodeLanguage } from "./highlight";

interface CodeBlockProps {
  readonly code: string;
  readonly language: CodeLanguage;
  /** A file name or what it is; also names the copy button. */
  readonly title?: string;
  readonly className?: string;
}

/** One sample with a button that copies it. */
export function CodeBlock({ code, language, title, className }: CodeBlockProps) {
  return (
    <figure className={cn("surface relative overflow-hidden", className)}>
      {title && (
        <figcaption className="flex h-10 items-center border-line border-b bg-sunken px-4 font-medium text-ink-2 text-xs">
          {title}
        </figcaption>
      )}
      <CopyButton
        value={code}
        label={title ? `Copy ${title}` : "Copy code"}
        className={cn("absolute right-1.5 rounded-md", title ? "top-1" : "top-1.5 bg-raised")}
      />
      <Code code={code} language={language} className={title ? undefined : "pr-12"} />
    </figure>
  );
}
