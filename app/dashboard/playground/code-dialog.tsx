"use client";

import { CodeTabs } from "@/app/_ui/code-tabs";
import { Dialog } from "@/app/_ui/dialog";
import { toCodeSamples } from "./code-samples";
import { type Exchange, turnsOf } from "./conversation";
import { type Settings, type Turn, toChatBody } from "./request-body";
import type { Place } from "./use-conversation";

interface CodeDialogProps {
  readonly place: Place | null;
  readonly exchanges: readonly Exchange[];
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly onClose: () => void;
}

const EXAMPLE: Turn = { role: "user", text: "Say hello in one sentence.", images: [] };

/** The last request to a model as a program. */
export function CodeDialog({ place, exchanges, settings, baseUrl, onClose }: CodeDialogProps) {
  return (
    <Dialog
      open={place !== null}
      onOpenChange={(open) => !open && onClose()}
      title="Code"
      description="The same request from a program, with a key of your own."
      className="max-w-3xl"
    >
      {place && (
        <CodeTabs
          label="The request in several languages"
          samples={toCodeSamples(toChatBody(place.model, settings, lastTurns(exchanges, place.id)), baseUrl)}
        />
      )}
    </Dialog>
  );
}

/** Up to the last message that was sent, without what was answered to it. */
function lastTurns(exchanges: readonly Exchange[], place: string): readonly Turn[] {
  const own = exchanges.filter(({ answers }) => answers[place]);
  const last = own.at(-1);
  if (!last) return [EXAMPLE];
  return [...turnsOf(own.slice(0, -1), place), { role: "user", text: last.text, images: last.images }];
}
