import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";

interface SectionProps {
  readonly id?: string;
  readonly title: string;
  readonly lead?: ReactNode;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of a public page under its own heading. */
export function Section({ id, title, lead, aside, className, children }: SectionProps) {
  return (
    <section id={id} className={cn("mx-auto w-full max-w-6xl px-4 py-14 sm:px-6 sm:py-20", className)}>
      <div className="mb-8 flex flex-wrap items-end justify-between gap-4">
        <div className="max-w-[62ch]">
          <h2 className="font-semibold text-2xl leading-9 sm:text-[1.75rem]">{title}</h2>
          {lead && <p className="mt-2 text-ink-2 text-pretty">{lead}</p>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  );
}
