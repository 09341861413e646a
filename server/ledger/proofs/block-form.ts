import { canonicalHash } from "@/server/platform/canonical-hash";

/** Hash that the first block of an organization follows. */
export const GENESIS_HASH = "0".repeat(64);

/** What a block's hash covers. The records themselves are covered through the Merkle root. */
export interface BlockHeader {
  readonly organizationId: string;
  readonly sequence: bigint;
  readonly previousHash: string;
  readonly merkleRoot: string;
  readonly recordCount: number;
  /** UTC with microseconds, as the database has it. */
  readonly sealedAt: string;
}

/** The canonical form of a block, `block.v1`. Its SHA-256 is the block's hash. Never changed; a change is a new version. */
export function toBlockForm(header: BlockHeader) {
  return {
    type: "block.v1",
    organization_id: header.organizationId,
    sequence: header.sequence.toString(),
    previous_hash: header.previousHash,
    merkle_root: header.merkleRoot,
    record_count: header.recordCount,
    sealed_at: header.sealedAt,
  };
}

export function blockHash(header: BlockHeader): string {
  return canonicalHash(toBlockForm(header));
}
