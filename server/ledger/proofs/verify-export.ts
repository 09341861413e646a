import { createHash, type Hash } from "node:crypto";
import { canonicalHash } from "@/server/platform/canonical-hash";
import { canonicalJson } from "@/server/platform/canonical-json";
import { GENESIS_HASH } from "./block-form";
import { findReceiptProblems } from "./check-receipt";
import {
  type BlockLine,
  EXPORT_END_TYPE,
  exportEnd,
  type HeadLine,
  type RecordLine,
  readLine,
  splitLines,
} from "./export-lines";
import { leafHash, merkleRoot } from "./merkle";
import { keyIdOf, openSigned, type PublicJwk } from "./signature";

export interface ExportProblem {
  /** 1 is the first line of the file. */
  readonly line: number;
  readonly problem: string;
}

export interface ExportCheck {
  readonly organizationId: string | null;
  readonly blocks: number;
  readonly records: number;
  readonly receipts: number;
  /** Keys that the file names. Genuine only if they are the published ones. */
  readonly keyIds: readonly string[];
  /** In the order of the file; empty when everything is as it was sealed and signed. */
  readonly problems: readonly ExportProblem[];
}

interface OpenBlock {
  readonly line: number;
  readonly block: BlockLine;
  /** Leaf hash as the content gives it, and as the file states it. */
  readonly leaves: {
    readonly line: number;
    readonly name: string;
    readonly computed: string;
    readonly stated: string;
  }[];
}

/** How far the reading has come. */
interface Reading {
  readonly problems: ExportProblem[];
  readonly keys: Map<string, PublicJwk>;
  readonly trustsOwnKeys: boolean;
  readonly digest: Hash;
  readonly counts: { blocks: number; records: number; receipts: number };
  /** The line that is read, from 1. */
  number: number;
  head: HeadLine | null;
  open: OpenBlock | null;
  /** The last block, its hash as stated and as computed: one changed hash is blamed once. */
  before: { readonly sequence: bigint; readonly hashes: readonly string[] };
  end: { readonly line: number; readonly signed: string; readonly sha256: string } | null;
}

/**
 * Checks an export without a database: canonical lines, leaf hashes, Merkle roots, the chain of blocks, signatures and
 * arithmetic of receipts, and the signature over the whole file. Reads it once, in constant memory but for one block.
 * @param options.trustedKeys the published keys (`/.well-known/receipt-keys.json`); without them the keys that the file
 *   itself names are believed, which only shows that it agrees with itself
 */
export async function verifyExport(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly trustedKeys?: readonly PublicJwk[] } = {},
): Promise<ExportCheck> {
  const reading: Reading = {
    problems: [],
    keys: new Map((options.trustedKeys ?? []).map((jwk) => [keyIdOf(jwk), jwk])),
    trustsOwnKeys: options.trustedKeys === undefined,
    digest: createHash("sha256"),
    counts: { blocks: 0, records: 0, receipts: 0 },
    number: 0,
    head: null,
    open: null,
    before: { sequence: 0n, hashes: [GENESIS_HASH] },
    end: null,
  };
  for await (const { bytes, hasEnd } of splitLines(chunks)) readNext(reading, bytes, hasEnd);
  closeBlock(reading);
  checkEnd(reading);
  return {
    organizationId: reading.head?.organization_id ?? null,
    ...reading.counts,
    keyIds: reading.head?.keys.map(({ kid }) => kid) ?? [],
    problems: reading.problems.sort((a, b) => a.line - b.line),
  };
}

function blame(reading: Reading, problem: string, line = reading.number): void {
  reading.problems.push({ line, problem });
}

function readNext(reading: Reading, bytes: Uint8Array, hasEnd: boolean): void {
  reading.number += 1;
  if (reading.end) {
    blame(reading, "something follows the end");
    return;
  }
  if (!hasEnd) blame(reading, "the line has no line end");
  const line = readLine(bytes);
  if ("problem" in line) blame(reading, line.problem);
  else if (line.type === "export") readHead(reading, line);
  else if (reading.number === 1) blame(reading, "the first line is not the head of an export");
  else if (line.type === "block.v1") readBlock(reading, line);
  else if (line.type === "record") readRecord(reading, line);
  else {
    closeBlock(reading);
    reading.end = {
      line: reading.number,
      signed: line.signed,
      sha256: reading.digest.copy().digest("hex"),
    };
  }
  reading.digest.update(bytes).update("\n");
}

function readHead(reading: Reading, line: HeadLine): void {
  if (reading.number !== 1) {
    blame(reading, "a second head");
    return;
  }
  reading.head = line;
  for (const { kid, kty, crv, x } of line.keys) {
    const jwk = { kty, crv, x };
    if (keyIdOf(jwk) !== kid) blame(reading, `key ${kid}: its id is not its thumbprint`);
    else if (reading.trustsOwnKeys) reading.keys.set(kid, jwk);
    else if (!reading.keys.has(kid)) blame(reading, `key ${kid} is not a published one`);
  }
}

function readBlock(reading: Reading, line: BlockLine): void {
  closeBlock(reading);
  const { hash, ...form } = line;
  const { before } = reading;
  const name = `block ${line.sequence}`;
  const computed = canonicalHash(form);
  if (computed !== hash) blame(reading, `${name}: it was changed; its content does not give its hash`);
  if (BigInt(line.sequence) !== before.sequence + 1n)
    blame(reading, `${name}: block ${before.sequence + 1n} was expected here`);
  else if (!before.hashes.includes(line.previous_hash))
    blame(reading, `${name}: it does not follow block ${before.sequence}`);
  if (line.organization_id !== reading.head?.organization_id)
    blame(reading, `${name}: it is of another organization`);
  reading.before = { sequence: BigInt(line.sequence), hashes: [hash, computed] };
  reading.open = { line: reading.number, block: line, leaves: [] };
  reading.counts.blocks += 1;
}

function readRecord(reading: Reading, line: RecordLine): void {
  const { open } = reading;
  const { record } = line;
  const name = `${record.type.replace(".v1", "")} ${record.id}`;
  if (!open || line.block !== open.block.sequence) {
    blame(reading, `${name}: it stands outside of its block ${line.block}`);
    return;
  }
  if (line.index !== open.leaves.length)
    blame(reading, `${name}: it is number ${line.index} where ${open.leaves.length} was expected`);
  if (record.organization_id !== reading.head?.organization_id)
    blame(reading, `${name}: it is of another organization`);
  const computed = leafHash(canonicalJson(record));
  open.leaves.push({ line: reading.number, name, computed, stated: line.leaf });
  reading.counts.records += 1;
  if (record.type !== "usage_record.v1") return;
  if (line.receipt === undefined) {
    blame(reading, `${name}: its receipt is missing`);
    return;
  }
  reading.counts.receipts += 1;
  for (const problem of findReceiptProblems(line.receipt, reading.keys, record))
    blame(reading, `${name}: ${problem}`);
}

/** What can be said only when all records of a block are there. */
function closeBlock(reading: Reading): void {
  if (!reading.open) return;
  const { block, leaves, line } = reading.open;
  reading.open = null;
  if (leaves.length !== block.record_count)
    blame(
      reading,
      `block ${block.sequence}: it has ${leaves.length} records and should have ${block.record_count}`,
      line,
    );
  const hasRoot = (side: "computed" | "stated") =>
    leaves.length > 0 && merkleRoot(leaves.map((leaf) => leaf[side])) === block.merkle_root;
  const isContentIntact = hasRoot("computed");
  for (const leaf of leaves.filter(({ computed, stated }) => computed !== stated)) {
    blame(
      reading,
      isContentIntact
        ? `${leaf.name}: its leaf hash was changed; the record itself is as it was sealed`
        : `${leaf.name}: it was changed; its content does not give its leaf hash`,
      leaf.line,
    );
  }
  if (!isContentIntact && !hasRoot("stated"))
    blame(reading, `block ${block.sequence}: its records do not give its Merkle root`, line);
}

function checkEnd(reading: Reading): void {
  const { end, head, counts, before } = reading;
  if (!end) {
    blame(reading, "the file ends without its signed end: lines are missing", reading.number + 1);
    return;
  }
  const opened = openSigned(end.signed, reading.keys);
  if (!opened.ok) {
    blame(reading, `end: ${opened.problem}`, end.line);
    return;
  }
  const signed = exportEnd.safeParse(opened.payload);
  if (opened.type !== EXPORT_END_TYPE || !signed.success) {
    blame(reading, "end: it signs something else than an export", end.line);
    return;
  }
  const { data } = signed;
  const isLast = data.head === null ? counts.blocks === 0 : before.hashes.includes(data.head);
  const checks: readonly (readonly [boolean, string, number])[] = [
    [data.organization_id === head?.organization_id, "head: another organization than was signed", 1],
    [data.exported_at === head?.exported_at, "head: another time than was signed", 1],
    [
      data.blocks === counts.blocks,
      `end: ${counts.blocks} blocks where ${data.blocks} were signed`,
      end.line,
    ],
    [
      data.records === counts.records,
      `end: ${counts.records} records where ${data.records} were signed`,
      end.line,
    ],
    [isLast, "end: the last block is not the one that was signed", end.line],
    [data.sha256 === end.sha256, "end: the bytes before it are not those that were signed", end.line],
  ];
  for (const [holds, problem, line] of checks) if (!holds) blame(reading, problem, line);
}
