import { eq } from "drizzle-orm";
import { organization, stripeCustomer, user } from "@/db/schema";
import type { Database, Executor } from "@/server/platform/database";
import type { StripeAccess } from "./access";

/** The organization's customer at Stripe, or null while it never paid there. */
export async function findCustomer(db: Executor, organizationId: string): Promise<string | null> {
  const [row] = await db
    .select({ id: stripeCustomer.customerId })
    .from(stripeCustomer)
    .where(eq(stripeCustomer.organizationId, organizationId));
  return row?.id ?? null;
}

/** The same, made when there is none. Of calls at once the first to be kept counts for all. */
export async function provideCustomer(
  db: Database,
  stripe: StripeAccess,
  who: { readonly organizationId: string; readonly userId: string },
): Promise<string> {
  const known = await findCustomer(db, who.organizationId);
  if (known) return known;
  const [named] = await db
    .select({ name: organization.name, email: user.email })
    .from(organization)
    .innerJoin(user, eq(user.id, who.userId))
    .where(eq(organization.id, who.organizationId));
  const { id } = await stripe.api.customers.create(
    {
      name: named?.name ?? who.organizationId,
      ...(named && { email: named.email }),
      metadata: { organization_id: who.organizationId },
    },
    { idempotencyKey: `customer:${who.organizationId}:${who.userId}` },
  );
  await db
    .insert(stripeCustomer)
    .values({ organizationId: who.organizationId, customerId: id })
    .onConflictDoNothing();
  return (await findCustomer(db, who.organizationId)) ?? id;
}

/** Whose customer is it? Null for one that is not ours. */
export async function organizationOfCustomer(db: Executor, customerId: string): Promise<string | null> {
  const [row] = await db
    .select({ id: stripeCustomer.organizationId })
    .from(stripeCustomer)
    .where(eq(stripeCustomer.customerId, customerId));
  return row?.id ?? null;
}
