"use client";

import { Tooltip } from "./tooltip";

/** A rounded value that tells the exact one to whoever points at it, by mouse or by keyboard. */
export function ExactHint({ text, exact }: { readonly text: string; readonly exact: string }) {
  return (
    <Tooltip text={<span className="font-mono">{exact}</span>}>
      <button
        type="button"
        aria-label={`${text}, exactly ${exact}`}
        className="min-h-6 cursor-default! whitespace-nowrap rounded-sm tabular-nums underline decoration-line-strong decoration-dotted underline-offset-4"
      >
        {text}
      </button>
    </Tooltip>
  );
}
