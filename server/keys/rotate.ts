import { eq } from "drizzle-orm";
import { apiKey } from "@/db/schema";
import { type AuditActor, SYSTEM_ACTOR } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type ApiKey, keyColumns, keyNotFound, noteKey, ownedKey } from "./keys";
import { createSecret, hashSecret, secretTail } from "./secret";

/** Longer than any process remembers a key's facts, so that an old secret never outlives its time. */
const MIN_OVERLAP_MINUTES = 5;
const MAX_OVERLAP_MINUTES = 30 * 24 * 60;
const MINUTE_MS = 60_000;

/**
 * Gives a key a new secret; the old one goes on for the overlap, so that programs can be changed one after the other.
 * A secret before the old one stops. The key keeps its id, its limits and its history.
 * @throws AppError invalid_request (overlap), not_found, conflict (a key that does not work any more)
 */
export async function rotateKey(
  tx: Executor,
  clock: Clock,
  input: {
    readonly organizationId: string;
    readonly keyId: string;
    readonly overlapMinutes: number;
    readonly by?: AuditActor;
  },
): Promise<{ key: ApiKey; secret: string }> {
  if (input.overlapMinutes < MIN_OVERLAP_MINUTES || input.overlapMinutes > MAX_OVERLAP_MINUTES) {
    throw new AppError("invalid_request", {
      message: "The old secret goes on for 5 minutes to 30 days. To stop it at once, revoke the key.",
      param: "overlapMinutes",
    });
  }
  const [before] = await tx
    .select({ ...keyColumns, secretHash: apiKey.secretHash })
    .from(apiKey)
    .where(ownedKey(input))
    .for("no key update");
  if (!before) throw keyNotFound();
  if (before.status !== "active")
    throw new AppError("conflict", { message: "This key does not work any more. Create a new one." });
  if (before.purpose === "playground")
    throw new AppError("conflict", { message: "The playground's key has no secret to replace." });
  const secret = createSecret(before.id);
  const [key] = await tx
    .update(apiKey)
    .set({
      secretHash: hashSecret(secret),
      secretTail: secretTail(secret),
      previousSecretHash: before.secretHash,
      previousValidUntil: new Date(clock.nowMs() + input.overlapMinutes * MINUTE_MS),
    })
    .where(eq(apiKey.id, before.id))
    .returning(keyColumns);
  if (!key) throw keyNotFound();
  await noteKey(tx, clock, key, { action: "key.rotated", by: input.by ?? SYSTEM_ACTOR });
  return { key, secret };
}
