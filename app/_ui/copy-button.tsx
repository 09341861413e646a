"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "./cn";
import { IconButton } from "./icon-button";

const SHOWN_FOR_MS = 1_800;

interface CopyButtonProps {
  readonly value: string;
  /** "Copy …": what will be in the clipboard. */
  readonly label: string;
  readonly className?: string;
  readonly onCopied?: () => void;
}

/** Puts a text into the clipboard and says so, also to screen readers. */
export function CopyButton({ value, label, className, onCopied }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setOutcome("copied");
      onCopied?.();
    } catch {
      setOutcome("failed");
    }
  };
  return (
    <span className={cn("inline-flex", className)}>
      <IconButton
        label={label}
        onClick={() => void copy()}
        icon={
          outcome === "copied" ? (
            <Check aria-hidden="true" className="text-positive" />
          ) : (
            <Copy aria-hidden="true" />
          )
        }
      />
      <span role="status" className="sr-only">
        {outcome === "copied" && "Copied"}
        {outcome === "failed" && "Could not copy. Select the text and copy it by hand."}
      </span>
    </span>
  );
}
