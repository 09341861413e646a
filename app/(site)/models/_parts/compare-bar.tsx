import { Check } from "lucide-react";
import { ButtonLink } from "@/app/_ui/button-link";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import type { PublicModel } from "../../_data/catalog";
import { comparePath, MAX_COMPARED, type ModelFilters, toPath } from "./filters";

interface CompareLinkProps {
  readonly model: Pick<PublicModel, "slug" | "name">;
  readonly filters: ModelFilters;
}

/** Puts the model into the comparison or takes it out: another state of the same address, so it works without script. */
export function CompareLink({ model, filters }: CompareLinkProps) {
  const { compared } = filters;
  const isIn = compared.includes(model.slug);
  if (!isIn && compared.length >= MAX_COMPARED)
    return <span className="text-ink-3 text-xs">{MAX_COMPARED} chosen</span>;
  const next = isIn ? compared.filter((slug) => slug !== model.slug) : [...compared, model.slug];
  return (
    <Link
      href={toPath({ ...filters, compared: next })}
      replace
      scroll={false}
      rel="nofollow"
      aria-label={isIn ? `Take ${model.name} out of the comparison` : `Compare ${model.name}`}
      className={cn(
        "inline-grid size-8 place-items-center rounded-md border text-lg leading-none transition-colors",
        isIn
          ? "border-accent bg-accent-soft text-link"
          : "border-line-strong text-ink-2 hover:bg-hover hover:text-ink",
      )}
    >
      {/* A sign of the font: a hundred drawings of it would weigh more than the page's words. */}
      {isIn ? <Check aria-hidden="true" className="size-4" /> : <span aria-hidden="true">+</span>}
    </Link>
  );
}

/** What is chosen so far, and the way to see it side by side. */
export function CompareBar({ filters }: { readonly filters: ModelFilters }) {
  const { compared } = filters;
  if (compared.length === 0) return null;
  return (
    <section
      aria-label="Comparison"
      className="surface sticky bottom-4 z-20 flex flex-wrap items-center gap-x-4 gap-y-3 border-line-strong p-3 pl-4 shadow-pop"
    >
      <p className="min-w-0 flex-1 text-sm">
        <span className="font-medium">
          {compared.length} of {MAX_COMPARED} chosen
        </span>{" "}
        <span className="break-words text-ink-2">{compared.join(", ")}</span>
      </p>
      <div className="flex gap-2">
        <ButtonLink
          href={toPath({ ...filters, compared: [] })}
          replace
          scroll={false}
          variant="ghost"
          size="sm"
        >
          Clear
        </ButtonLink>
        <ButtonLink href={comparePath(compared)} size="sm">
          Compare
        </ButtonLink>
      </div>
    </section>
  );
}
