import { Link } from "@/app/_ui/link";

/** The label of what is promised and not open yet. It leads to the page that says what works today. */
export function InPreparation() {
  return (
    <Link
      href="/docs/changelog"
      className="inline-flex h-6 w-fit shrink-0 items-center whitespace-nowrap rounded-full border border-line-strong px-2 font-medium text-ink-2 text-xs transition-colors hover:border-control hover:text-ink"
    >
      In preparation
    </Link>
  );
}
