import { sql } from "drizzle-orm";
import type { Executor } from "@/server/platform/database";

/** Id of the oldest request of an organization, finished or in flight; null before the first. */
export async function findFirstRequest(db: Executor, organizationId: string): Promise<string | null> {
  const result = await db.execute<{ id: string }>(sql`
    SELECT id FROM (
      (SELECT id FROM request_log WHERE organization_id = ${organizationId} ORDER BY request_log.id LIMIT 1)
      UNION ALL
      (SELECT id COLLATE "C" FROM intent WHERE organization_id = ${organizationId} AND state = 'started' LIMIT 1)
    ) seen ORDER BY id LIMIT 1`);
  return result.rows[0]?.id ?? null;
}
