"use client";

import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { CopyButton } from "@/app/_ui/copy-button";

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  /** What has just happened. */
  readonly lead: string;
  readonly onDone: () => void;
}

/** Shown once; the dialog around it ends only by saying that they are kept. */
export function RecoveryCodes({ codes, lead, onDone }: RecoveryCodesProps) {
  const [isKept, setKept] = useState(false);
  return (
    <div className="grid gap-5">
      <p className="text-ink-2">
        {lead} Each of these codes signs you in once when your phone is not at hand. They are shown only now.
      </p>
      <div className="flex items-start gap-2 rounded-lg border border-line bg-sunken p-3">
        <ul className="grid flex-1 gap-1 font-mono text-sm sm:grid-cols-2" aria-label="Recovery codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <CopyButton value={codes.join("\n")} label="Copy the recovery codes" />
      </div>
      <Checkbox label="I have put them in a safe place" checked={isKept} onCheckedChange={setKept} />
      <div className="flex justify-end">
        <Button onClick={onDone} disabled={!isKept}>
          Done
        </Button>
      </div>
    </div>
  );
}
