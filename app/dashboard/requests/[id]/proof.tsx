import Link from "next/link";
import { CopyButton } from "@/app/_ui/copy-button";
import { Money } from "@/app/_ui/money";
import type { RequestDetail } from "./request-view";

type Receipt = NonNullable<RequestDetail["receipt"]>;

const BUCKETS = [
  ["promotional", "Promotional"],
  ["committed", "Committed"],
  ["paid", "Paid"],
] as const;

/** Of the signed text: enough to recognise it. It is there to be copied, not to be read. */
const SHOWN_CHARACTERS = 24;

interface ProofProps {
  readonly receipt: Receipt;
  readonly signed: NonNullable<RequestDetail["signedReceipt"]>;
}

/** Which buckets paid, and the receipt as a signed document to take along. */
export function Proof({ receipt, signed }: ProofProps) {
  const used = BUCKETS.filter(([bucket]) => receipt.paidFrom[bucket] > 0n);
  return (
    <dl className="grid gap-3 border-t border-line p-5 text-sm sm:grid-cols-2">
      <div className="grid content-start gap-1">
        <dt className="text-ink-2">Paid from</dt>
        {used.length === 0 && <dd>Nothing to pay</dd>}
        {used.map(([bucket, name]) => (
          <dd key={bucket} className="flex flex-wrap items-baseline gap-x-2">
            {name}
            <span className="text-ink-2 tabular-nums">
              <Money nanoUsd={receipt.paidFrom[bucket]} precision="full" />
            </span>
          </dd>
        ))}
      </div>
      <div className="grid min-w-0 content-start gap-1">
        <dt className="text-ink-2">Signed receipt</dt>
        <dd className="flex items-center gap-2">
          <code className="min-w-0 truncate font-mono text-xs">{signed.jws.slice(0, SHOWN_CHARACTERS)}…</code>
          <CopyButton value={signed.jws} label="Copy signed receipt" />
        </dd>
        <dd className="text-ink-2">
          Ed25519.{" "}
          <Link href="/docs/receipts" className="underline underline-offset-4">
            How to verify it
          </Link>
        </dd>
      </div>
    </dl>
  );
}
