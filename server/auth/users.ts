import { eq, sql } from "drizzle-orm";
import { user } from "@/db/schema";
import { createPersonalOrganization, type NewOrganization } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";

export type User = typeof user.$inferSelect;

export interface NewUser {
  readonly email: string;
  readonly name: string;
  /** Null: the person signs in through another service. */
  readonly passwordHash: string | null;
  /** True when the address needs no mail to be believed: users made by the operator's command line. */
  readonly isEmailVerified: boolean;
  readonly isOperator?: boolean;
}

/** A user by e-mail address, whatever its capitals. */
export async function findUserByEmail(db: Executor, email: string): Promise<User | null> {
  const [found] = await db.select().from(user).where(sql`lower(${user.email}) = lower(${email})`);
  return found ?? null;
}

export async function findUser(db: Executor, id: string): Promise<User | null> {
  const [found] = await db.select().from(user).where(eq(user.id, id));
  return found ?? null;
}

/**
 * Makes a user and their personal organization in the caller's transaction. Null, and nothing made, when the address
 * is taken.
 */
export async function createUser(
  tx: Executor,
  clock: Clock,
  input: NewUser,
): Promise<{ user: User; organization: NewOrganization } | null> {
  const now = new Date(clock.nowMs());
  const [made] = await tx
    .insert(user)
    .values({
      id: newId("user"),
      email: input.email,
      name: input.name,
      passwordHash: input.passwordHash,
      emailVerifiedAt: input.isEmailVerified ? now : null,
      isOperator: input.isOperator ?? false,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning();
  if (!made) return null;
  const organization = await createPersonalOrganization(tx, { userId: made.id, name: made.name }, clock);
  return { user: made, organization };
}
