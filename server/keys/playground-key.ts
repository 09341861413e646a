import { and, eq } from "drizzle-orm";
import { apiKey } from "@/db/schema";
import { type AuditActor, SYSTEM_ACTOR } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { defaultProjectId, keyColumns, noteKey } from "./keys";

interface Whose {
  readonly organizationId: string;
  readonly memberId: string;
  readonly by?: AuditActor;
}

/**
 * The key that a member's playground calls with: made in the default project when it is first needed, and again after it
 * was revoked. No secret belongs to it, so nobody can present it; budgets, limits, the log and usage know it like any other.
 * @returns its id
 */
export async function playgroundKeyOf(tx: Executor, clock: Clock, whose: Whose): Promise<string> {
  const known = await findLive(tx, whose);
  if (known) return known;
  const id = newId("apiKey");
  const [key] = await tx
    .insert(apiKey)
    .values({
      id,
      organizationId: whose.organizationId,
      projectId: await defaultProjectId(tx, whose.organizationId),
      memberId: whose.memberId,
      name: "Playground",
      purpose: "playground",
      // Not the hash of anything: no text that is presented has it.
      secretHash: `none ${id}`,
      secretTail: id.slice(-4),
    })
    .onConflictDoNothing()
    .returning(keyColumns);
  // Another tab was first.
  if (!key) return (await findLive(tx, whose)) ?? id;
  await noteKey(tx, clock, key, { action: "key.created", by: whose.by ?? SYSTEM_ACTOR });
  return id;
}

async function findLive(db: Executor, whose: Whose): Promise<string | undefined> {
  const [row] = await db
    .select({ id: apiKey.id })
    .from(apiKey)
    .where(
      and(
        eq(apiKey.organizationId, whose.organizationId),
        eq(apiKey.memberId, whose.memberId),
        eq(apiKey.purpose, "playground"),
        eq(apiKey.status, "active"),
      ),
    );
  return row?.id;
}
