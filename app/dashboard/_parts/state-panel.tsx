import { CircleAlert, Lock, SearchX } from "lucide-react";
import type { ReactNode } from "react";

const ICONS = { alert: CircleAlert, lock: Lock, search: SearchX } as const;

interface StatePanelProps {
  readonly icon: keyof typeof ICONS;
  readonly title: string;
  readonly text: string;
  readonly detail?: string | undefined;
  readonly action?: ReactNode;
}

/** Why there is nothing to see here, and what to do about it. */
export function StatePanel({ icon, title, text, detail, action }: StatePanelProps) {
  const Icon = ICONS[icon];
  return (
    <div role="alert" className="grid justify-items-center gap-3 px-6 py-12 text-center">
      <Icon className="size-6 text-ink-2" />
      <p className="font-medium">{title}</p>
      <p className="max-w-prose text-ink-2">{text}</p>
      {detail && <p className="break-all font-mono text-ink-2 text-xs">{detail}</p>}
      {action}
    </div>
  );
}
