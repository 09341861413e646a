import type { ReactNode } from "react";
import { Card } from "./card";

interface StatProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly action?: ReactNode;
}

/** One number and what it is. */
export function Stat({ label, value, note, action }: StatProps) {
  return (
    <Card className="flex flex-col gap-1 p-5">
      <p className="text-ink-2 text-sm">{label}</p>
      <p className="font-medium text-2xl tabular-nums leading-9 tracking-tight">{value}</p>
      {note && <p className="text-ink-2 text-sm">{note}</p>}
      {action && <div className="mt-2">{action}</div>}
    </Card>
  );
}
