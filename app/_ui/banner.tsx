import { cva } from "class-variance-authority";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const styles = cva("flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border px-4 py-3 text-sm", {
  variants: {
    tone: {
      info: "border-line-strong bg-sunken text-ink",
      warning: "border-warning/35 bg-warning-soft text-warning",
      negative: "border-negative/35 bg-negative-soft text-negative",
    },
  },
});
const ICONS = { info: Info, warning: TriangleAlert, negative: CircleAlert } as const;

interface BannerProps {
  readonly tone: keyof typeof ICONS;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** Something that the reader has to know before anything else on the page. */
export function Banner({ tone, children, action }: BannerProps) {
  const Icon = ICONS[tone];
  return (
    <div role={tone === "info" ? "status" : "alert"} className={styles({ tone })}>
      <Icon aria-hidden="true" className="size-4 shrink-0" />
      <div className="min-w-0 flex-1 basis-48">{children}</div>
      {action}
    </div>
  );
}
