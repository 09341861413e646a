import { and, eq, inArray, ne } from "drizzle-orm";
import { commitment } from "@/db/schema";
import type { Executor } from "@/server/platform/database";

/** Support by commitment: a live one whose service level is above the standard puts its organization's tickets first. */
export async function priorityOf(db: Executor, organizationId: string | null): Promise<"normal" | "high"> {
  if (organizationId === null) return "normal";
  const [live] = await db
    .select({ id: commitment.id })
    .from(commitment)
    .where(
      and(
        eq(commitment.organizationId, organizationId),
        inArray(commitment.status, ["active", "past_due"]),
        ne(commitment.slaTier, "standard"),
      ),
    )
    .limit(1);
  return live ? "high" : "normal";
}
