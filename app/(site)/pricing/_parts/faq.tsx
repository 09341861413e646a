import { Plus } from "lucide-react";
import { Link } from "@/app/_ui/link";
import { BILLING_FAQ, type FaqEntry } from "../../_content/faq";
import { InPreparation } from "../../_parts/in-preparation";
import { JsonLd } from "../../_parts/json-ld";

/** Billing questions as disclosures that need no script, and as structured data. */
export function Faq() {
  return (
    <>
      <div className="divide-y divide-line border-line border-y">
        {BILLING_FAQ.map((entry) => (
          <Question key={entry.id} entry={entry} />
        ))}
      </div>
      <JsonLd
        data={{
          "@context": "https://schema.org",
          "@type": "FAQPage",
          mainEntity: BILLING_FAQ.map((entry) => ({
            "@type": "Question",
            name: entry.question,
            acceptedAnswer: { "@type": "Answer", text: entry.answer.join(" ") },
          })),
        }}
      />
    </>
  );
}

function Question({ entry }: { readonly entry: FaqEntry }) {
  return (
    <details id={`faq-${entry.id}`} className="group">
      <summary className="flex list-none items-center gap-4 py-4 font-medium [&::-webkit-details-marker]:hidden">
        <h3 className="flex-1 tracking-normal">{entry.question}</h3>
        <Plus
          aria-hidden="true"
          className="size-4.5 shrink-0 text-ink-2 transition-transform duration-200 group-open:rotate-45"
        />
      </summary>
      <div className="grid max-w-[68ch] gap-3 pb-6 text-ink-2">
        {entry.isInPreparation && <InPreparation />}
        {entry.answer.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p>
          <Link href={entry.more.href} className="text-link underline underline-offset-4">
            {entry.more.label}
          </Link>
        </p>
      </div>
    </details>
  );
}
