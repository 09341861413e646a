"use client";

import { type ReactNode, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { CopyButton } from "@/app/_ui/copy-button";

interface SecretOnceProps {
  readonly secret: string;
  /** What it is, as the copy button says it: “Copy secret”. */
  readonly copyLabel: string;
  readonly onDone: () => void;
  /** Why it has to be copied now. */
  readonly children: ReactNode;
}

/** A secret that cannot be read again. It is left only by saying that it was copied. */
export function SecretOnce({ secret, copyLabel, onDone, children }: SecretOnceProps) {
  const [hasCopied, setHasCopied] = useState(false);
  return (
    <div className="grid gap-5">
      <p className="text-ink-2">{children}</p>
      <div className="flex items-start gap-2 rounded-lg border border-line bg-sunken p-3">
        <code className="min-w-0 flex-1 break-all font-mono text-sm">{secret}</code>
        <CopyButton value={secret} label={copyLabel} />
      </div>
      <Checkbox label="I have copied it to a safe place" checked={hasCopied} onCheckedChange={setHasCopied} />
      <div className="flex justify-end">
        <Button onClick={onDone} disabled={!hasCopied}>
          Done
        </Button>
      </div>
    </div>
  );
}
