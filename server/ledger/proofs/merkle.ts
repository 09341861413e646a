import { createHash } from "node:crypto";

/**
 * The Merkle tree of RFC 6962 §2.1 over SHA-256: leaves and nodes are hashed with different first bytes, so that neither
 * can pass for the other, and a lonely node is carried up, not doubled.
 */

/** Hash of one leaf, hex. */
export function leafHash(text: string): string {
  return createHash("sha256").update(Buffer.of(0)).update(text, "utf8").digest("hex");
}

/**
 * Root over leaf hashes in their order, hex.
 * @throws RangeError without leaves: an empty block does not exist
 */
export function merkleRoot(leaves: readonly string[]): string {
  let level = [...leaves];
  if (level.length === 0) throw new RangeError("a tree needs at least one leaf");
  while (level.length > 1) {
    const above: string[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] ?? "";
      const right = level[index + 1];
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  return level[0] ?? "";
}

function nodeHash(left: string, right: string): string {
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(Buffer.from(left, "hex"))
    .update(Buffer.from(right, "hex"))
    .digest("hex");
}
