import type { ReactNode } from "react";
import { Card } from "@/app/_ui/card";
import type { PolicyDraft } from "./draft";

/** What every part of the form gets. */
export interface SectionProps {
  readonly draft: PolicyDraft;
  readonly set: (changed: Partial<PolicyDraft>) => void;
  readonly isReadOnly: boolean;
}

interface SectionFrameProps {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

/** One subject of the policy, with what it means. */
export function Section({ title, text, children }: SectionFrameProps) {
  return (
    <Card className="grid gap-5 p-5 lg:grid-cols-[16rem_minmax(0,1fr)] lg:gap-8">
      <div className="grid content-start gap-1">
        <h2 className="font-medium text-lg">{title}</h2>
        <p className="text-ink-2 text-sm">{text}</p>
      </div>
      <div className="grid gap-5">{children}</div>
    </Card>
  );
}
