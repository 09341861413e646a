import { eq } from "drizzle-orm";
import { organization } from "@/db/schema";
import { type Runway, readRunway } from "@/server/billing";
import { type BalanceReading, readBalance } from "@/server/ledger";
import { findFirstRequest } from "@/server/logs";
import { fromCents, type NanoUsd } from "@/server/platform/money";
import { listOutages } from "@/server/routing";
import type { TrpcServices } from "../services";

/** The lines of the low-balance alert. */
const LOW_NANO_USD = fromCents(5_00n);
const LOW_DAYS = 3;

/** The one thing that has to be known before anything else; the first of these that is true. */
export type Notice =
  | { readonly kind: "suspended"; readonly suspendedFor: "operator" | "dispute" | "closed" | null }
  | { readonly kind: "empty"; readonly debtNanoUsd: NanoUsd }
  | { readonly kind: "low"; readonly availableNanoUsd: NanoUsd; readonly days: number | null }
  | { readonly kind: "incident"; readonly providers: readonly string[] };

interface NoticeFacts {
  readonly organization: {
    readonly status: string;
    readonly suspendedFor: "operator" | "dispute" | "closed" | null;
  };
  readonly balance: Pick<BalanceReading, "totalNanoUsd" | "availableNanoUsd" | "debtNanoUsd">;
  readonly runway: Pick<Runway, "days">;
  /** Nobody is told that a balance is empty who has only just come: the checklist says it. */
  readonly hasBegun: boolean;
  /** Slugs of providers that are out now. */
  readonly out: readonly string[];
}

export function chooseNotice({
  organization: own,
  balance,
  runway,
  hasBegun,
  out,
}: NoticeFacts): Notice | null {
  if (own.status === "suspended") return { kind: "suspended", suspendedFor: own.suspendedFor };
  if (hasBegun && balance.totalNanoUsd <= 0n) return { kind: "empty", debtNanoUsd: balance.debtNanoUsd };
  const isLow = balance.totalNanoUsd < LOW_NANO_USD || (runway.days !== null && runway.days < LOW_DAYS);
  if (hasBegun && isLow)
    return { kind: "low", availableNanoUsd: balance.availableNanoUsd, days: runway.days };
  return out.length > 0 ? { kind: "incident", providers: [...new Set(out)].sort() } : null;
}

export async function readNotice(
  { db, clock }: Pick<TrpcServices, "db" | "clock">,
  organizationId: string,
): Promise<Notice | null> {
  const nowMs = clock.nowMs();
  const [[own], balance, runway, first, outages] = await Promise.all([
    db
      .select({ status: organization.status, suspendedFor: organization.suspendedFor })
      .from(organization)
      .where(eq(organization.id, organizationId)),
    readBalance(db, organizationId),
    readRunway(db, organizationId, nowMs),
    findFirstRequest(db, organizationId),
    listOutages(db, nowMs, 1),
  ]);
  if (!own) return null;
  const out = outages.filter(({ closedAt }) => closedAt === null).map(({ providerSlug }) => providerSlug);
  return chooseNotice({ organization: own, balance, runway, hasBegun: first !== null, out });
}
