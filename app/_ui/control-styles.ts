/** The looks of everything that takes a value. */
export const controlStyles =
  "h-10 w-full min-w-0 rounded-lg border border-control bg-raised px-3 text-[0.9375rem] text-ink transition-colors placeholder:text-ink-3 hover:border-ink-3 focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-accent focus-visible:outline-offset-0 aria-invalid:border-negative disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-3";
