import { cn } from "./cn";
import { type CodeLanguage, highlight, type TokenKind } from "./highlight";

const COLORS: Record<TokenKind, string | undefined> = {
  comment: "text-ink-3",
  string: "text-code-string",
  number: "text-code-number",
  keyword: "text-code-keyword",
  name: "text-code-name",
  plain: undefined,
};

interface CodeProps {
  readonly code: string;
  readonly language: CodeLanguage;
  readonly className?: string;
}

/** Coloured code in a box that scrolls by itself. */
export function Code({ code, language, className }: CodeProps) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
      tabIndex={0}
      className={cn(
        "overflow-x-auto p-4 font-mono text-[0.8125rem] leading-6 focus-visible:-outline-offset-2",
        className,
      )}
    >
      <code>
        {highlight(code, language).map((token, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other identity
          <span key={index} className={COLORS[token.kind]}>
            {token.text}
          </span>
        ))}
      </code>
    </pre>
  );
}
