import { sql } from "drizzle-orm";
import { webhookDelivery, webhookEndpoint } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";

/** In flight at once, over all processes: to one endpoint, and to the endpoints of one organization. */
const MAX_PER_ENDPOINT = 3;
const MAX_PER_ORGANIZATION = 12;
/** Longer than an attempt can take. A process that dies leaves its deliveries to the others after it. */
const CLAIM_MS = 60_000;
/** Claims are made one after the other, so that two processes cannot count the same free places. */
const CLAIM_LOCK = 7_340_001;

export interface ClaimedDelivery {
  readonly id: string;
  readonly claim: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly body: string;
  readonly url: string;
  /** Sealed; the second is null when there is none or its day is over. */
  readonly secret: string;
  readonly previousSecret: string | null;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly body: string;
  readonly url: string;
  readonly secret: string;
  readonly previous_secret: string | null;
}

/**
 * Takes deliveries that are due, the oldest first, never more to one receiver than its share: who is slow or dead keeps
 * nobody else waiting.
 */
export async function claimDue(db: Database, nowMs: number, limit: number): Promise<ClaimedDelivery[]> {
  const claim = newId("instance");
  const now = new Date(nowMs);
  const until = new Date(nowMs + CLAIM_MS);
  const { rows } = await db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${CLAIM_LOCK})`);
    return tx.execute<Row>(sql`
      WITH busy AS (
        SELECT organization_id, endpoint_id, count(*) AS n FROM ${webhookDelivery}
        WHERE claimed_until > ${now} GROUP BY 1, 2
      ), due AS (
        SELECT DISTINCT endpoint_id FROM ${webhookDelivery} WHERE state = 'pending' AND next_attempt_at <= ${now}
      ), share AS MATERIALIZED (
        SELECT e.id AS endpoint_id, e.organization_id, e.url, e.secret, d.id, d.next_attempt_at,
          CASE WHEN e.previous_secret_until > ${now} THEN e.previous_secret END AS previous_secret
        FROM due JOIN ${webhookEndpoint} e ON e.id = due.endpoint_id AND e.status = 'active'
        CROSS JOIN LATERAL (
          SELECT id, next_attempt_at FROM ${webhookDelivery} o
          WHERE o.endpoint_id = e.id AND o.state = 'pending' AND o.next_attempt_at <= ${now}
            AND (o.claimed_until IS NULL OR o.claimed_until <= ${now})
          ORDER BY o.next_attempt_at, o.id
          LIMIT greatest(0, ${MAX_PER_ENDPOINT} - coalesce((SELECT n FROM busy WHERE busy.endpoint_id = e.id), 0))
          FOR UPDATE SKIP LOCKED
        ) d
      ), ranked AS (
        SELECT s.*, row_number() OVER (PARTITION BY organization_id ORDER BY next_attempt_at, id)
          + coalesce((SELECT sum(n) FROM busy WHERE busy.organization_id = s.organization_id), 0) AS place
        FROM share s
      ), taken AS (
        SELECT * FROM ranked WHERE place <= ${MAX_PER_ORGANIZATION} ORDER BY next_attempt_at, id LIMIT ${limit}
      )
      UPDATE ${webhookDelivery} w SET claim = ${claim}, claimed_until = ${until}
      FROM taken WHERE w.id = taken.id
      RETURNING w.id, w.endpoint_id, w.event_id, w.body, taken.url, taken.secret, taken.previous_secret`);
  });
  return rows.map((row) => ({
    id: row.id,
    claim,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    body: row.body,
    url: row.url,
    secret: row.secret,
    previousSecret: row.previous_secret,
  }));
}
