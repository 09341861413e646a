import { sql } from "drizzle-orm";
import { canonicalJson } from "@/server/platform/canonical-json";
import type { Executor } from "@/server/platform/database";
import type { Violation } from "../sweep";
import { type BlockHeader, blockHash, GENESIS_HASH } from "./block-form";
import { leafHash, merkleRoot } from "./merkle";
import {
  canonicalInstant,
  type RecordKind,
  readForms,
  type TransferForm,
  type UsageForm,
} from "./record-form";

export interface StoredBlock extends BlockHeader {
  readonly hash: string;
  /** `kind:id` in the order of the leaves. */
  readonly records: readonly string[];
}

const PAGE = 50;

/**
 * Blocks in the order of their organizations and sequences.
 * @param options.since only those sealed at or after this instant (ISO)
 */
export async function* readBlocks(
  db: Executor,
  options: { readonly organizationId?: string; readonly since?: string } = {},
): AsyncGenerator<StoredBlock> {
  let last: StoredBlock | undefined;
  for (;;) {
    const page: StoredBlock[] = await readPage(db, options, last);
    yield* page;
    last = page.at(-1);
    if (!last || page.length < PAGE) return;
  }
}

async function readPage(
  db: Executor,
  options: { readonly organizationId?: string; readonly since?: string },
  after: StoredBlock | undefined,
): Promise<StoredBlock[]> {
  const { rows } = await db.execute<Record<string, unknown> & StoredBlock>(sql`
    SELECT organization_id AS "organizationId", sequence, previous_hash AS "previousHash", merkle_root AS "merkleRoot",
      record_count AS "recordCount", records, hash, ${canonicalInstant(sql`sealed_at`)} AS "sealedAt"
    FROM block WHERE (organization_id, sequence) > (${after?.organizationId ?? ""}, ${after?.sequence ?? 0n})
      AND sealed_at >= ${options.since ?? "2020-01-01"}::timestamptz
      AND organization_id = coalesce(${options.organizationId ?? null}::text, organization_id)
    ORDER BY block.organization_id, block.sequence LIMIT ${PAGE}`);
  return rows;
}

/** The records of a block in the order of its leaves; null where one is missing. */
export async function readBlockRecords(
  db: Executor,
  stored: Pick<StoredBlock, "records">,
): Promise<readonly (UsageForm | TransferForm | null)[]> {
  const named = stored.records.map((name) => {
    const colon = name.indexOf(":");
    return { kind: name.slice(0, colon) as RecordKind, id: name.slice(colon + 1) };
  });
  const idsOf = (kind: RecordKind) => named.filter((one) => one.kind === kind).map(({ id }) => id);
  const usage = await readForms(db, "usage_record", idsOf("usage_record"));
  const transfers = await readForms(db, "transfer", idsOf("transfer"));
  return named.map(({ kind, id }) => (kind === "usage_record" ? usage : transfers).get(id) ?? null);
}

/**
 * I12 in depth: recomputes every leaf, root and hash from the records as they are now. The chaining of all blocks is
 * checked by `check_invariants`; this finds content that was changed behind the database's triggers.
 * @param options.since only blocks sealed at or after this instant (ISO); without it all of them
 */
export async function checkBlocks(
  db: Executor,
  options: { readonly organizationId?: string; readonly since?: string } = {},
): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  let before: StoredBlock | undefined;
  for await (const stored of readBlocks(db, options)) {
    const blame = (detail: string) =>
      violations.push({
        invariant: "I12",
        organization_id: stored.organizationId,
        subject: `block ${stored.sequence}`,
        detail,
      });
    const records = await readBlockRecords(db, stored);
    const missing = records.flatMap((record, index) => (record ? [] : [stored.records[index]]));
    if (missing.length > 0) blame(`records are missing: ${missing.join(", ")}`);
    else if (merkleRoot(records.map((record) => leafHash(canonicalJson(record)))) !== stored.merkleRoot)
      blame("its records do not give its Merkle root: one of them was changed");
    if (blockHash(stored) !== stored.hash) blame("its content does not give its hash");
    const isFirst = before?.organizationId !== stored.organizationId;
    const expected = isFirst ? (stored.sequence === 1n ? GENESIS_HASH : null) : before?.hash;
    if (expected !== null && stored.previousHash !== expected) blame("it does not follow the block before");
    before = stored;
  }
  return violations;
}
