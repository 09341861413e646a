import { sql } from "drizzle-orm";
import { block } from "@/db/schema";
import { canonicalJson } from "@/server/platform/canonical-json";
import type { Database, Executor } from "@/server/platform/database";
import { blockHash, GENESIS_HASH } from "./block-form";
import { leafHash, merkleRoot } from "./merkle";
import { canonicalInstant, type RecordKind, readForms } from "./record-form";

/** A queue row holds the records of one statement, at most some hundred; so a block has some thousand at most. */
const BATCHES_PER_BLOCK = 64;

export interface SealResult {
  readonly blocks: number;
  readonly records: number;
}

/**
 * Seals everything that waits, organization by organization. Any number of sealers at once, and late: an organization
 * that another one is at work on is left to it.
 * @param options.organizationId only this one
 */
export async function sealBlocks(
  db: Database,
  options: { readonly organizationId?: string } = {},
): Promise<SealResult> {
  const waiting = options.organizationId ? [options.organizationId] : await findWaiting(db);
  let blocks = 0;
  let records = 0;
  for (const organizationId of waiting) {
    for (;;) {
      const sealed = await db.transaction((tx) => sealNext(tx, organizationId));
      if (sealed === 0) break;
      blocks += 1;
      records += sealed;
    }
  }
  return { blocks, records };
}

async function findWaiting(db: Executor): Promise<readonly string[]> {
  const { rows } = await db.execute<{ organization_id: string }>(
    sql`SELECT DISTINCT organization_id FROM unsealed ORDER BY 1`,
  );
  return rows.map((row) => row.organization_id);
}

/** One block, in the caller's transaction: chain end, block and queue change together or not at all. Answers its records. */
async function sealNext(tx: Executor, organizationId: string): Promise<number> {
  const lock = await tx.execute<{ taken: boolean }>(
    sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${organizationId}, 20260902)) AS taken`,
  );
  if (lock.rows[0]?.taken !== true) return 0;
  const batches = await readQueue(tx, organizationId);
  if (batches.length === 0) return 0;
  const records = batches.flatMap(({ kind, ids }) => ids.map((id) => ({ kind, id })));
  const leaves = await readLeaves(tx, records);
  const header = { organizationId, ...(await readEnd(tx, organizationId)), ...leaves };
  await tx.insert(block).values({
    ...header,
    records: records.map(({ kind, id }) => `${kind}:${id}`),
    sealedAt: sql`${header.sealedAt}::timestamptz`,
    hash: blockHash(header),
  });
  await tx.execute(
    sql`DELETE FROM unsealed WHERE id = ANY(${sql.param(batches.map((batch) => batch.id.toString()))}::bigint[])`,
  );
  return records.length;
}

async function readQueue(tx: Executor, organizationId: string) {
  const { rows } = await tx.execute<{ id: bigint; kind: RecordKind; ids: string[] }>(sql`
    SELECT id, kind, ids FROM unsealed WHERE organization_id = ${organizationId}
    ORDER BY unsealed.id LIMIT ${BATCHES_PER_BLOCK}`);
  return rows;
}

/** Where the chain ends, and the instant of the new block. */
async function readEnd(tx: Executor, organizationId: string) {
  const { rows } = await tx.execute<{ sequence: bigint; previous: string; now: string }>(sql`
    SELECT coalesce(max(sequence), 0) + 1 AS sequence, ${canonicalInstant(sql`clock_timestamp()`)} AS now,
      coalesce((SELECT hash FROM block WHERE organization_id = ${organizationId} ORDER BY block.sequence DESC LIMIT 1), ${GENESIS_HASH}) AS previous
    FROM block WHERE organization_id = ${organizationId}`);
  const row = rows[0];
  if (!row) throw new Error("an aggregate has a row");
  return { sequence: row.sequence, previousHash: row.previous, sealedAt: row.now };
}

/** @throws Error when a queued record is not there: nothing deletes records, so the database was tampered with */
async function readLeaves(
  tx: Executor,
  records: readonly { readonly kind: RecordKind; readonly id: string }[],
) {
  const idsOf = (kind: RecordKind) => records.filter((one) => one.kind === kind).map(({ id }) => id);
  const usage = await readForms(tx, "usage_record", idsOf("usage_record"));
  const transfers = await readForms(tx, "transfer", idsOf("transfer"));
  const leaves = records.map(({ kind, id }) => {
    const form = (kind === "usage_record" ? usage : transfers).get(id);
    if (!form) throw new Error(`${kind} ${id} waits for sealing and does not exist`);
    return leafHash(canonicalJson(form));
  });
  return { merkleRoot: merkleRoot(leaves), recordCount: leaves.length };
}
