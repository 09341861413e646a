import type { ReactNode } from "react";
import { Badge, type Tone } from "./badge";

interface StatusBadgeProps {
  readonly tone: Tone;
  /** Something is going on right now. */
  readonly isLive?: boolean;
  readonly children: ReactNode;
}

/** A badge with a dot, for states that change. */
export function StatusBadge({ tone, isLive = false, children }: StatusBadgeProps) {
  return (
    <Badge tone={tone}>
      <span className="relative grid size-1.5 place-items-center" aria-hidden="true">
        {isLive && <span className="absolute size-full animate-ping rounded-full bg-current opacity-60" />}
        <span className="size-1.5 rounded-full bg-current" />
      </span>
      {children}
    </Badge>
  );
}
