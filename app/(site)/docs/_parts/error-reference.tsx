import { Badge, type Tone } from "@/app/_ui/badge";
import {
  ERROR_CODES,
  type ErrorCategory,
  type ErrorCode,
  errorCodeEntry,
} from "@/server/platform/error-codes";
import { ERROR_ADVICE } from "./error-advice";
import { InlineCode } from "./inline-code";

const TONES: Record<ErrorCategory, Tone> = {
  user: "neutral",
  quota: "warning",
  upstream: "accent",
  platform: "negative",
};

/** Every code of the product with an anchor of its name, made from the list that the server answers with. */
export function ErrorReference() {
  return (
    <div className="mt-8 divide-y divide-line border-line border-y">
      {(Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => (
        <ErrorEntry key={code} code={code} />
      ))}
    </div>
  );
}

function ErrorEntry({ code }: { readonly code: ErrorCode }) {
  const { status, category, type, retryable, summary } = errorCodeEntry(code);
  return (
    <section id={code} aria-labelledby={`${code}-name`} className="py-6 target:bg-accent-soft/60">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 id={`${code}-name`} className="font-mono font-semibold text-[0.9375rem] tracking-normal">
          <a href={`#${code}`} className="break-all underline-offset-4 hover:underline">
            {code}
          </a>
        </h3>
        <Badge>{status}</Badge>
        <Badge tone={TONES[category]}>{category}</Badge>
        {retryable && <Badge tone="positive">worth a retry</Badge>}
      </div>
      <p className="mt-2 leading-7">
        <InlineCode text={summary} />
      </p>
      <p className="text-ink-2 leading-7">
        <InlineCode text={ERROR_ADVICE[code]} />
      </p>
      <p className="mt-1 text-ink-2 text-xs">
        <span className="font-mono">type: {type}</span>
      </p>
    </section>
  );
}
