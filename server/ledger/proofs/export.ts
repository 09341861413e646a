import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { canonicalJson } from "@/server/platform/canonical-json";
import type { Database } from "@/server/platform/database";
import { toBlockForm } from "./block-form";
import { readBlockRecords, readBlocks, type StoredBlock } from "./check-blocks";
import { EXPORT_END_TYPE, EXPORT_FORMAT } from "./export-lines";
import { leafHash } from "./merkle";
import { readReceiptDocuments } from "./receipt-document";
import { publishKey, readKeys } from "./receipts";
import { canonicalInstant } from "./record-form";
import { RECEIPT_TYPE } from "./signature";
import type { Signer } from "./signer";

/**
 * Everything sealed of one organization as lines of canonical JSON (NDJSON, each with its line end): a head with the public
 * keys, each block followed by its records, and an end that signs the hash of all bytes before it. Usage records carry
 * their signed receipt. What no block holds yet is not in it: seal first.
 */
export async function* exportRecords(
  deps: { readonly db: Database; readonly signer: Signer },
  organizationId: string,
): AsyncGenerator<string> {
  const { db, signer } = deps;
  await publishKey(db, signer);
  const digest = createHash("sha256");
  const toLine = (value: unknown) => {
    const line = `${canonicalJson(value)}\n`;
    digest.update(line, "utf8");
    return line;
  };
  const exportedAt = await readNow(db);
  const keys = await readKeys(db, signer.keyId);
  yield toLine({
    type: "export",
    format: EXPORT_FORMAT,
    organization_id: organizationId,
    exported_at: exportedAt,
    keys,
  });
  let blocks = 0;
  let records = 0;
  let head: string | null = null;
  for await (const stored of readBlocks(db, { organizationId })) {
    yield toLine({ ...toBlockForm(stored), hash: stored.hash });
    for (const record of await toRecordLines(db, signer, stored)) yield toLine(record);
    blocks += 1;
    records += stored.recordCount;
    head = stored.hash;
  }
  const end = {
    type: "export-end.v1",
    organization_id: organizationId,
    exported_at: exportedAt,
    blocks,
    records,
    head,
    sha256: digest.digest("hex"),
  };
  yield `${canonicalJson({ type: "end", signed: signer.sign(EXPORT_END_TYPE, end) })}\n`;
}

async function toRecordLines(db: Database, signer: Signer, stored: StoredBlock) {
  const records = await readBlockRecords(db, stored);
  const documents = await readReceiptDocuments(
    db,
    records.flatMap((record) => (record?.type === "usage_record.v1" ? [record.id] : [])),
  );
  return records.map((record, index) => {
    if (!record)
      throw new Error(`${stored.records[index]} of block ${stored.sequence} does not exist any more`);
    const document = record.type === "usage_record.v1" ? documents.get(record.id) : undefined;
    return {
      type: "record",
      block: stored.sequence.toString(),
      index,
      leaf: leafHash(canonicalJson(record)),
      record,
      receipt: document && signer.sign(RECEIPT_TYPE, document),
    };
  });
}

async function readNow(db: Database): Promise<string> {
  const { rows } = await db.execute<{ now: string }>(
    sql`SELECT ${canonicalInstant(sql`clock_timestamp()`)} AS now`,
  );
  return rows[0]?.now ?? "";
}
