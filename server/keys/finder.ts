import { eq } from "drizzle-orm";
import { apiKey } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import { systemClock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";

/** The facts about a key that change at most by a rotation. Whether it may be used is asked where money is reserved. */
export interface KeyContext {
  readonly keyId: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly memberId: string | null;
  readonly secretHash: string;
  /** Hash of the secret before the last rotation, and until when it works. */
  readonly previousSecretHash: string | null;
  readonly previousValidUntil: Date | null;
}

const MAX_CACHED = 10_000;
/** Shorter than the shortest overlap of a rotation: an old secret is forgotten everywhere before its time is over. */
const LIFE_MS = 60_000;
/** A secret that does not fit may be newer than what is remembered. Asked again at most this often per key. */
const LOOK_AGAIN_MS = 1_000;

/** One indexed look-up; null when there is no such key. */
export async function findKeyContext(db: Executor, keyId: string): Promise<KeyContext | null> {
  const [row] = await db
    .select({
      keyId: apiKey.id,
      organizationId: apiKey.organizationId,
      projectId: apiKey.projectId,
      memberId: apiKey.memberId,
      secretHash: apiKey.secretHash,
      previousSecretHash: apiKey.previousSecretHash,
      previousValidUntil: apiKey.previousValidUntil,
    })
    .from(apiKey)
    .where(eq(apiKey.id, keyId));
  return row ?? null;
}

/** @param secretHash of the secret that was presented: one that the remembered facts do not know is looked up again */
export type FindKey = (keyId: string, secretHash: string) => Promise<KeyContext | null>;

/**
 * `findKeyContext` with a cache of this process. Absent keys are not kept, so a key works the moment it exists, and a
 * rotated one the moment it is rotated. Look-ups of one id at the same time are one query.
 */
export function createKeyFinder(db: Executor, clock: Clock = systemClock): FindKey {
  const known = new Map<string, { readonly context: KeyContext; readonly readAtMs: number }>();
  const underway = new Map<string, Promise<KeyContext | null>>();

  async function load(keyId: string): Promise<KeyContext | null> {
    try {
      const context = await findKeyContext(db, keyId);
      known.delete(keyId);
      if (context) {
        const oldest = known.size >= MAX_CACHED ? known.keys().next().value : undefined;
        if (oldest !== undefined) known.delete(oldest);
        known.set(keyId, { context, readAtMs: clock.nowMs() });
      }
      return context;
    } finally {
      underway.delete(keyId);
    }
  }

  return async (keyId, secretHash) => {
    const cached = known.get(keyId);
    if (cached) {
      const ageMs = clock.nowMs() - cached.readAtMs;
      const isKnown =
        secretHash === cached.context.secretHash || secretHash === cached.context.previousSecretHash;
      if (ageMs < (isKnown ? LIFE_MS : LOOK_AGAIN_MS)) return cached.context;
    }
    const pending = underway.get(keyId) ?? load(keyId);
    underway.set(keyId, pending);
    return pending;
  };
}
