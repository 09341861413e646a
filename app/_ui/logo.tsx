import { cn } from "./cn";

/** Two paths that meet and leave as one: many providers behind one endpoint. */
export function LogoMark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden="true" className={cn("size-6", className)}>
      <rect width="24" height="24" rx="6.5" className="fill-ink" />
      <path
        d="M5 7.5h2.6c1.3 0 2.2.6 2.9 1.6l.9 1.3c.7 1 1.6 1.6 2.9 1.6H19M5 16.5h2.6c1.3 0 2.2-.6 2.9-1.6l.9-1.3"
        className="stroke-inverse"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="18.6" cy="12" r="1.9" className="fill-mark" />
    </svg>
  );
}

/** The mark with the name of the product. */
export function Logo({ className }: { readonly className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-2.5 font-semibold text-[0.9375rem] tracking-tight",
        className,
      )}
    >
      <LogoMark />
      <span>
        DeepToken<span className="font-normal text-ink-2">Inference</span>
      </span>
    </span>
  );
}
