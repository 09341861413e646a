import { type SQL, sql } from "drizzle-orm";
import type { PriceLine } from "@/db/schema";
import type { Executor } from "@/server/platform/database";

export type RecordKind = "usage_record" | "transfer";

/**
 * Canonical forms of records, as leaves of a block: `usage_record.v1` and `transfer.v1`. Amounts are decimal strings of
 * nano-USD, instants UTC with microseconds. What the supplier charges us and the provider's raw usage object are not part
 * of them. Never changed: a change is a new version beside the old.
 */
export interface SealedRecord {
  readonly type: "usage_record.v1" | "transfer.v1";
  readonly id: string;
  readonly organization_id: string;
}

export interface UsageForm extends SealedRecord {
  readonly type: "usage_record.v1";
  readonly project_id: string;
  readonly key_id: string;
  readonly member_id: string | null;
  readonly lease_id: string | null;
  readonly model: string;
  readonly provider: string;
  readonly endpoint_id: string;
  readonly price_version: string;
  readonly basis: string;
  readonly lines: readonly PriceLine[];
  readonly cost: string;
  readonly overrun: string;
  readonly from_promotional: string;
  readonly from_committed: string;
  readonly from_paid: string;
  readonly created_at: string;
  readonly settled_at: string;
}

export interface TransferForm extends SealedRecord {
  readonly type: "transfer.v1";
  readonly kind: string;
  readonly source: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: string;
  readonly memo: string | null;
  readonly expires_at: string | null;
  readonly created_at: string;
}

/** An instant as its canonical text, in SQL: JavaScript's Date would lose the microseconds. */
export function canonicalInstant(column: SQL): SQL {
  return sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** The forms of records by id. What does not exist is missing from the answer. */
export async function readForms(
  db: Executor,
  kind: RecordKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, UsageForm | TransferForm>> {
  if (ids.length === 0) return new Map();
  const rows = kind === "usage_record" ? await readUsageForms(db, ids) : await readTransferForms(db, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function readUsageForms(db: Executor, ids: readonly string[]): Promise<readonly UsageForm[]> {
  const { rows } = await db.execute<Omit<UsageForm, "type"> & Record<string, unknown>>(sql`
    SELECT id, organization_id, project_id, key_id, member_id, lease_id, model_slug AS model, provider_slug AS provider,
      endpoint_id, price_version_id AS price_version, basis, lines, cost::text, overrun::text, from_promotional::text,
      from_committed::text, from_paid::text, ${canonicalInstant(sql`created_at`)} AS created_at,
      ${canonicalInstant(sql`settled_at`)} AS settled_at
    FROM usage_record WHERE id = ANY(${sql.param([...ids])}::text[])`);
  return rows.map((row) => ({ type: "usage_record.v1" as const, ...row }));
}

async function readTransferForms(db: Executor, ids: readonly string[]): Promise<readonly TransferForm[]> {
  const { rows } = await db.execute<Omit<TransferForm, "type"> & Record<string, unknown>>(sql`
    SELECT id, organization_id, kind, source, debit, credit, amount::text, memo,
      ${canonicalInstant(sql`expires_at`)} AS expires_at, ${canonicalInstant(sql`created_at`)} AS created_at
    FROM transfer WHERE id = ANY(${sql.param([...ids])}::text[])`);
  return rows.map((row) => ({ type: "transfer.v1" as const, ...row }));
}
