import { eq } from "drizzle-orm";
import { organization } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";

/**
 * Holds the organization's row (not its key, so that other tables can still refer to it) until the transaction ends: changes of who belongs to it and may do what come one after
 * the other, so that two of them at once cannot remove the last owner.
 */
export async function lockOrganization(tx: Executor, organizationId: string): Promise<{ name: string }> {
  const [row] = await tx
    .select({ name: organization.name })
    .from(organization)
    .where(eq(organization.id, organizationId))
    .for("no key update");
  if (!row) throw notThere();
  return row;
}

/** One answer for what does not exist and for what belongs to somebody else. */
export function notThere(): AppError {
  return new AppError("not_found", { message: "There is no such thing in this organization." });
}
