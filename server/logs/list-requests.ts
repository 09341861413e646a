import { type SQL, sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import type { NanoUsd } from "@/server/platform/money";
import {
  inFlightConditions,
  loggedConditions,
  type RequestFilters,
  type RequestOutcome,
  when,
} from "./request-filters";

const MAX_PAGE = 100;
/** How far back the filters look for models and providers to offer. */
const RECENT_REQUESTS = 1_000;

/** One line of the request list. Amounts in nano-USD, durations in milliseconds. */
export interface RequestRow {
  /** The generation id. */
  readonly id: string;
  readonly createdAt: Date;
  readonly outcome: RequestOutcome;
  readonly modelSlug: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly keyTail: string;
  /** Null while no provider has answered. */
  readonly providerName: string | null;
  readonly isSimulated: boolean;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly streamed: boolean;
  readonly costNanoUsd: NanoUsd;
  /** Reserved for the request while it is pending, else zero. */
  readonly reservedNanoUsd: NanoUsd;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly ttftMs: number | null;
  readonly latencyMs: number | null;
}

export interface RequestPage {
  readonly requests: readonly RequestRow[];
  /** Id to continue after, or null at the end. */
  readonly nextCursor: string | null;
}

interface ListedRow extends Record<string, unknown>, Omit<RequestRow, "createdAt"> {
  readonly createdAtMs: bigint;
}

/**
 * Requests of an organization, newest first by keyset, those in flight included. A request leaves the intents and enters
 * the log in one transaction, and this is one statement: none is missing or listed twice.
 * @throws AppError invalid_request for a cursor that is no generation id
 */
export async function listRequests(
  db: Executor,
  input: {
    readonly organizationId: string;
    readonly cursor?: string | null;
    readonly limit: number;
    readonly filters?: RequestFilters;
  },
): Promise<RequestPage> {
  if (input.cursor && !isId("generation", input.cursor)) {
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  }
  const limit = Math.min(Math.max(Math.trunc(input.limit), 1), MAX_PAGE);
  const before = when(input.cursor, (cursor) => sql`AND id COLLATE "C" < ${cursor}`);
  const ended = loggedConditions(input.organizationId, input.filters ?? {});
  const open = inFlightConditions(input.organizationId, input.filters ?? {});
  const parts = [
    ended && logged(sql`${ended} ${before}`, limit),
    open && inFlight(sql`${open} ${before}`, limit),
  ].filter((part): part is SQL => part !== null);
  if (parts.length === 0) return { requests: [], nextCursor: null };
  const result = await db.execute<ListedRow>(sql`
    SELECT r.*, coalesce(k.name, '') AS "keyName", coalesce(k.secret_tail, '') AS "keyTail",
      p.name AS "providerName", coalesce(p.is_simulated, false) AS "isSimulated"
    FROM (SELECT * FROM (${sql.join(parts, sql` UNION ALL `)}) part ORDER BY id DESC LIMIT ${limit + 1}) r
    LEFT JOIN api_key k ON k.id = r."keyId"
    LEFT JOIN provider p ON p.slug = r."providerSlug"
    ORDER BY r.id DESC`);
  const requests = result.rows.slice(0, limit).map(toRow);
  const hasMore = result.rows.length > limit;
  return { requests, nextCursor: hasMore ? (requests.at(-1)?.id ?? null) : null };
}

/** Models and providers among the latest requests, for the filters. */
export async function listRecentNames(
  db: Executor,
  organizationId: string,
): Promise<{ models: string[]; providers: { slug: string; name: string }[] }> {
  const recent = sql`SELECT model_slug, provider_slug FROM request_log WHERE organization_id = ${organizationId}
    ORDER BY id DESC LIMIT ${RECENT_REQUESTS}`;
  const [models, providers] = await Promise.all([
    db.execute<{ model: string }>(
      sql`SELECT DISTINCT model_slug AS model FROM (${recent}) recent ORDER BY 1`,
    ),
    db.execute<{ slug: string; name: string }>(sql`
      SELECT DISTINCT r.provider_slug AS slug, coalesce(p.name, r.provider_slug) AS name
      FROM (${recent}) r LEFT JOIN provider p ON p.slug = r.provider_slug
      WHERE r.provider_slug IS NOT NULL ORDER BY 2`),
  ]);
  return { models: models.rows.map(({ model }) => model), providers: providers.rows };
}

function logged(conditions: SQL, limit: number): SQL {
  return sql`(SELECT id, ${epochMs} AS "createdAtMs", outcome, model_slug AS "modelSlug", key_id AS "keyId",
      provider_slug AS "providerSlug", http_status AS "httpStatus", error_code AS "errorCode", streamed,
      cost AS "costNanoUsd", 0::bigint AS "reservedNanoUsd", input_tokens AS "inputTokens",
      output_tokens AS "outputTokens", ttft_ms AS "ttftMs", latency_ms AS "latencyMs"
    FROM request_log WHERE ${conditions}
    ORDER BY request_log.id DESC LIMIT ${limit + 1})`;
}

function inFlight(conditions: SQL, limit: number): SQL {
  return sql`(SELECT id COLLATE "C" AS id, ${epochMs} AS "createdAtMs", 'pending' AS outcome, model_slug AS "modelSlug",
      key_id AS "keyId", NULL AS "providerSlug", NULL::integer AS "httpStatus", NULL AS "errorCode",
      (request ->> 'streamed')::boolean AS streamed, 0::bigint AS "costNanoUsd", reserved AS "reservedNanoUsd",
      NULL::integer AS "inputTokens", NULL::integer AS "outputTokens", NULL::integer AS "ttftMs", NULL::integer AS "latencyMs"
    FROM intent WHERE ${conditions}
    ORDER BY intent.id COLLATE "C" DESC LIMIT ${limit + 1})`;
}

/** Instants cross as milliseconds: raw statements answer timestamps as text whose form depends on the session. */
const epochMs = sql`(extract(epoch FROM created_at) * 1000)::bigint`;

function toRow({ createdAtMs, ...row }: ListedRow): RequestRow {
  return {
    id: row.id,
    createdAt: new Date(Number(createdAtMs)),
    outcome: row.outcome,
    modelSlug: row.modelSlug,
    keyId: row.keyId,
    keyName: row.keyName,
    keyTail: row.keyTail,
    providerName: row.providerName,
    isSimulated: row.isSimulated,
    httpStatus: row.httpStatus,
    errorCode: row.errorCode,
    streamed: row.streamed,
    costNanoUsd: row.costNanoUsd,
    reservedNanoUsd: row.reservedNanoUsd,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    ttftMs: row.ttftMs,
    latencyMs: row.latencyMs,
  };
}
