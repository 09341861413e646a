import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";

const HOUR_MS = 60 * 60_000;
/** An organization's own requests of the last month; everybody's of the last day. */
const OWN_HOURS = 30 * 24;
const CATALOGUE_HOURS = 24;
/** Fewer than these tell more of chance than of the model, or too much of somebody else. */
const LEAST_OWN_REQUESTS = 5;
const LEAST_REQUESTS = 20;
const LEAST_ORGANIZATIONS = 3;

/** How much a model usually answers. */
export interface TypicalOutput {
  /** Mean over requests that did not fail, all choices together. */
  readonly outputTokens: number;
  readonly basis: "organization" | "catalogue";
  /** Requests that it is the mean of. */
  readonly requests: number;
}

type Row = { requests: string | null; output: string | null; organizations: string };

/** The mean answer of a model in the organization's history, else in that of all of them; null when neither can tell. */
export async function typicalOutput(
  db: Executor,
  input: { readonly organizationId: string; readonly modelSlug: string; readonly nowMs: number },
): Promise<TypicalOutput | null> {
  const { organizationId, modelSlug, nowMs } = input;
  const since = (hours: number) => sql`${new Date(nowMs - hours * HOUR_MS).toISOString()}::timestamptz`;
  const own = await db.execute<Row>(sql`
    SELECT sum(requests - failed)::text AS requests, sum(output_tokens)::text AS output, '1' AS organizations
    FROM usage_by_hour
    WHERE organization_id = ${organizationId} AND model_slug = ${modelSlug} AND hour >= ${since(OWN_HOURS)}`);
  const mine = meanOf(own.rows[0], LEAST_OWN_REQUESTS, 1);
  if (mine) return { ...mine, basis: "organization" };
  const all = await db.execute<Row>(sql`
    SELECT sum(requests - failed)::text AS requests, sum(output_tokens)::text AS output,
      count(DISTINCT organization_id)::text AS organizations
    FROM usage_by_hour WHERE model_slug = ${modelSlug} AND hour >= ${since(CATALOGUE_HOURS)}`);
  const others = meanOf(all.rows[0], LEAST_REQUESTS, LEAST_ORGANIZATIONS);
  return others && { ...others, basis: "catalogue" };
}

function meanOf(row: Row | undefined, leastRequests: number, leastOrganizations: number) {
  const requests = Number(row?.requests ?? 0);
  if (requests < leastRequests || Number(row?.organizations ?? 0) < leastOrganizations) return null;
  return { requests, outputTokens: Math.round(Number(row?.output ?? 0) / requests) };
}
