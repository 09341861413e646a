import { canonicalHash } from "@/server/platform/canonical-hash";

/** One link of the trail, as it is stored and exported. */
export interface AuditLink {
  readonly id: string;
  readonly chain: string;
  readonly sequence: number;
  readonly actorKind: "user" | "key" | "system" | "operator";
  readonly actorId: string | null;
  readonly actorLabel: string;
  readonly ip: string | null;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetLabel: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly previousHash: string;
  readonly createdAt: Date;
}

/** The hash before the first link. */
export const GENESIS_HASH = "0".repeat(64);

/** SHA-256 over everything that a link says, its predecessor's hash among it: no link can change, go or come unseen. */
export function linkHash(link: AuditLink): string {
  return canonicalHash({
    id: link.id,
    chain: link.chain,
    sequence: link.sequence,
    actorKind: link.actorKind,
    actorId: link.actorId,
    actorLabel: link.actorLabel,
    ip: link.ip,
    action: link.action,
    targetKind: link.targetKind,
    targetId: link.targetId,
    targetLabel: link.targetLabel,
    before: link.before,
    after: link.after,
    previousHash: link.previousHash,
    createdAt: link.createdAt,
  });
}

export interface ChainFault {
  readonly sequence: number;
  readonly id: string;
  /** altered: its content does not give its hash. broken: it does not follow the link before. gap: links are missing. */
  readonly fault: "altered" | "broken" | "gap";
}

/**
 * Checks a run of links of one chain, in order. Null when all of it is as it was written.
 * @param after the last link before the run, or null when the run starts at the beginning
 */
export function findChainFault(
  links: readonly (AuditLink & { readonly hash: string })[],
  after: { readonly sequence: number; readonly hash: string } | null = null,
): ChainFault | null {
  let sequence = after?.sequence ?? 0;
  let hash = after?.hash ?? GENESIS_HASH;
  for (const link of links) {
    const place = { sequence: link.sequence, id: link.id };
    if (link.sequence !== sequence + 1) return { ...place, fault: "gap" };
    if (link.previousHash !== hash) return { ...place, fault: "broken" };
    if (linkHash(link) !== link.hash) return { ...place, fault: "altered" };
    sequence = link.sequence;
    hash = link.hash;
  }
  return null;
}
