import { type SQL, sql } from "drizzle-orm";
import { ERROR_CODES } from "@/server/platform/error-codes";
import { firstId, isId } from "@/server/platform/ids";

/** How a request ended; `pending` while it is in flight. */
export const REQUEST_OUTCOMES = [
  "pending",
  "succeeded",
  "failed",
  "canceled",
  "truncated",
  "expired",
] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

/** What the list and its exports can be narrowed to. Every field that is null or left out lets everything through. */
export interface RequestFilters {
  /** `author/slug`, whole. */
  readonly model?: string | null;
  /** Slug of the provider that answered; requests in flight have none yet. */
  readonly provider?: string | null;
  readonly projectId?: string | null;
  readonly memberId?: string | null;
  readonly keyId?: string | null;
  readonly outcome?: RequestOutcome | null;
  /** A generation id, a request id, or an error code; whole. */
  readonly search?: string | null;
  /** From this instant on, and before that one. */
  readonly fromMs?: number | null;
  readonly toMs?: number | null;
}

/** Conditions on the log; null when nothing there can match. */
export function loggedConditions(organizationId: string, filters: RequestFilters): SQL | null {
  if (filters.outcome === "pending") return null;
  return sql`${common(organizationId, filters)}
    ${when(filters.provider, (slug) => sql`AND provider_slug = ${slug}`)}
    ${when(filters.outcome, outcomeIs)}
    ${when(filters.search, searched)}`;
}

/** Conditions on the intents of requests in flight; null when none can match. */
export function inFlightConditions(organizationId: string, filters: RequestFilters): SQL | null {
  const { outcome, search, provider } = filters;
  const isElsewhere = (outcome && outcome !== "pending") || provider;
  if (isElsewhere || (search && isErrorCode(search))) return null;
  return sql`${common(organizationId, filters)} AND state = 'started'
    ${when(search, (id) => (isId("generation", id) ? sql`AND id = ${id}` : sql`AND request ->> 'requestId' = ${id}`))}`;
}

function common(organizationId: string, filters: RequestFilters): SQL {
  const bound = (ms: number) => sql`${firstId("generation", ms)}`;
  return sql`organization_id = ${organizationId}
    ${when(filters.model, (model) => sql`AND model_slug = ${model}`)}
    ${when(filters.projectId, (projectId) => sql`AND project_id = ${projectId}`)}
    ${when(filters.memberId, (memberId) => sql`AND member_id = ${memberId}`)}
    ${when(filters.keyId, (keyId) => sql`AND key_id = ${keyId}`)}
    ${when(filters.fromMs, (ms) => sql`AND id COLLATE "C" >= ${bound(ms)}`)}
    ${when(filters.toMs, (ms) => sql`AND id COLLATE "C" < ${bound(ms)}`)}`;
}

/** Said twice for what did not succeed, as the partial index says it. */
function outcomeIs(outcome: RequestOutcome): SQL {
  if (outcome === "succeeded") return sql`AND outcome = 'succeeded'`;
  return sql`AND outcome = ${outcome} AND outcome <> 'succeeded'`;
}

function searched(text: string): SQL {
  if (isId("generation", text)) return sql`AND id = ${text}`;
  return isErrorCode(text) ? sql`AND error_code = ${text}` : sql`AND request_id = ${text}`;
}

const isErrorCode = (text: string) => Object.hasOwn(ERROR_CODES, text);

export function when<T>(value: T | null | undefined, toSql: (value: T) => SQL): SQL {
  return value === null || value === undefined ? sql`` : toSql(value);
}
