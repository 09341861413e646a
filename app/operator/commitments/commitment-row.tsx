import Link from "next/link";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Money } from "@/app/_ui/money";
import { Instant } from "@/app/dashboard/_parts/instant";
import { SCHEDULES, SLA_TIERS } from "@/server/billing/commitments/terms";
import type { CommitmentItem } from "./commitments-screen";

const STATUS = {
  quoted: { tone: "accent", label: "Quoted" },
  accepted: { tone: "accent", label: "Awaiting first payment" },
  active: { tone: "positive", label: "Active" },
  past_due: { tone: "warning", label: "Past due" },
  canceled: { tone: "neutral", label: "Ended" },
  withdrawn: { tone: "neutral", label: "Withdrawn" },
} as const;
const LAPSED = { tone: "neutral", label: "Quote out of date" } as const;

const ENDED: readonly CommitmentItem["status"][] = ["canceled", "withdrawn"];

/** One commitment: whose, on which terms, how its year goes, and what is next. */
export function CommitmentRow({ row, onEnd }: { readonly row: CommitmentItem; readonly onEnd: () => void }) {
  const { tone, label } = row.isLapsed ? LAPSED : STATUS[row.status];
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">
            <Money nanoUsd={row.yearlyNanoUsd} precision="cents" /> a year
          </span>
          <Badge tone={tone}>{label}</Badge>
          <Link
            href={`/operator/organizations/${row.organizationId}`}
            className="wrap-anywhere underline underline-offset-4"
          >
            {row.organizationName}
          </Link>
        </p>
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-ink-2 text-sm">
          <span>{row.discountBasisPoints / 100} % discount</span>
          {row.period && (
            <span>
              <Money nanoUsd={row.period.priceNanoUsd} precision="cents" /> {SCHEDULES[row.schedule].label}
            </span>
          )}
          <span>{SLA_TIERS[row.slaTier].label} service level</span>
          {row.payBy && <span>Paid by {row.payBy}</span>}
        </p>
        <Course row={row} />
        <code className="break-all font-mono text-ink-2 text-xs">{row.id}</code>
        {row.note && <p className="whitespace-pre-wrap wrap-anywhere text-ink-2 text-sm">{row.note}</p>}
      </div>
      <div className="flex flex-wrap items-center gap-3">
        {row.invoiceUrl && (
          <a
            href={row.invoiceUrl}
            target="_blank"
            rel="noreferrer"
            className="text-sm underline underline-offset-4"
          >
            Newest invoice<span className="sr-only"> (opens Stripe's page)</span>
          </a>
        )}
        {!ENDED.includes(row.status) && !row.isLapsed && (
          <Button variant="secondary" size="sm" onClick={onEnd} aria-label={`${actOf(row)} ${row.id}`}>
            {actOf(row)}
          </Button>
        )}
      </div>
    </li>
  );
}

export function actOf({ status }: Pick<CommitmentItem, "status">): string {
  return status === "quoted" ? "Withdraw" : "Cancel";
}

/** Where it stands: the quote's last day, the year so far with its shortfall, or the end. */
function Course({ row }: { readonly row: CommitmentItem }) {
  const { standing } = row;
  return (
    <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-ink-2 text-sm">
      {row.status === "quoted" && (
        <span>
          {row.isLapsed ? "Was valid until" : "Valid until"} <Instant value={row.validUntil} />
        </span>
      )}
      {row.status === "accepted" && row.acceptedAt && (
        <span>
          Accepted <Instant value={row.acceptedAt} />, not paid yet
        </span>
      )}
      {standing && (
        <>
          <span>
            Credited <Money nanoUsd={standing.creditedNanoUsd} precision="cents" />, used{" "}
            <Money nanoUsd={standing.usedNanoUsd} precision="cents" /> this year
          </span>
          <span className={standing.shortfallNanoUsd > 0n ? "text-warning" : undefined}>
            {standing.shortfallNanoUsd > 0n ? (
              <>
                Shortfall <Money nanoUsd={standing.shortfallNanoUsd} precision="cents" />
              </>
            ) : (
              "No shortfall"
            )}
          </span>
        </>
      )}
      {row.endedAt ? (
        <span>
          Ended <Instant value={row.endedAt} />
        </span>
      ) : row.endsAt ? (
        <span>
          Canceled: ends <Instant value={row.endsAt} />
        </span>
      ) : (
        row.periodEnd && (
          <span>
            {row.status === "past_due" ? "Paid until" : "Next period"} <Instant value={row.periodEnd} />
          </span>
        )
      )}
    </p>
  );
}
