import type { ReactNode } from "react";
import { Card } from "@/app/_ui/card";

interface AccountCardProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  /** The way to the neighbouring page. */
  readonly footer?: ReactNode;
}

export function AccountCard({ title, lead, children, footer }: AccountCardProps) {
  return (
    <>
      <Card className="grid gap-6 p-6 sm:p-8">
        <div className="grid gap-2">
          <h1 className="font-semibold text-2xl text-ink tracking-tight">{title}</h1>
          {lead && <p className="text-ink-2 text-sm">{lead}</p>}
        </div>
        {children}
      </Card>
      {footer && <p className="mt-6 text-center text-ink-2 text-sm">{footer}</p>}
    </>
  );
}
