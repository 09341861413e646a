import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { provider, providerCredential } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import type { SecretBox } from "@/server/platform/secret-box";
import { parseWith } from "./catalog-file";

export const apiKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,4096}$/, "must be printable characters without spaces");

const credentialSchema = z.strictObject({
  provider: z.string(),
  label: z.string().trim().min(1).max(60),
  apiKey: apiKeySchema,
});

/**
 * Gives a provider another key. Calls take turns among its active ones, so a key is replaced without a gap: add the new
 * one, then disable the old one.
 * @throws AppError invalid_request, not_found, conflict when the label is taken
 */
export async function addCredential(
  db: Executor,
  secretBox: SecretBox,
  input: z.input<typeof credentialSchema>,
): Promise<{ id: string }> {
  const { provider: slug, label, apiKey } = parseWith(credentialSchema, input);
  const providerId = await findProvider(db, slug);
  const [row] = await db
    .insert(providerCredential)
    .values({ id: newId("providerCredential"), providerId, label, ciphertext: secretBox.seal(apiKey) })
    .onConflictDoNothing()
    .returning({ id: providerCredential.id });
  if (!row)
    throw new AppError("conflict", {
      message: `${slug} has a credential named ${label} already.`,
      param: "label",
    });
  return row;
}

/** Takes a key out of use; it stays in the list. @throws AppError not_found */
export async function disableCredential(
  db: Executor,
  input: { readonly provider: string; readonly label: string },
): Promise<{ id: string }> {
  const providerId = await findProvider(db, input.provider);
  const [row] = await db
    .update(providerCredential)
    .set({ state: "disabled", disabledAt: sql`now()` })
    .where(and(eq(providerCredential.providerId, providerId), eq(providerCredential.label, input.label)))
    .returning({ id: providerCredential.id });
  if (!row)
    throw new AppError("not_found", {
      message: `${input.provider} has no credential named ${input.label}.`,
      param: "label",
    });
  return row;
}

/** The label of the key that comes with the provider itself. */
const DEFAULT_LABEL = "default";

/** Sets the provider's own key; the others stay as they are. */
export async function setDefaultCredential(
  db: Executor,
  providerId: string,
  ciphertext: string,
): Promise<void> {
  await db
    .insert(providerCredential)
    .values({ id: newId("providerCredential"), providerId, label: DEFAULT_LABEL, ciphertext })
    .onConflictDoUpdate({
      target: [providerCredential.providerId, providerCredential.label],
      set: { ciphertext, state: "active", disabledAt: null },
    });
}

/** Takes all keys of a provider out of use. */
export async function disableCredentials(db: Executor, providerId: string): Promise<void> {
  await db
    .update(providerCredential)
    .set({ state: "disabled", disabledAt: sql`now()` })
    .where(and(eq(providerCredential.providerId, providerId), eq(providerCredential.state, "active")));
}

export async function hasCredential(db: Executor, providerId: string): Promise<boolean> {
  const rows = await db
    .select({ id: providerCredential.id })
    .from(providerCredential)
    .where(and(eq(providerCredential.providerId, providerId), eq(providerCredential.state, "active")))
    .limit(1);
  return rows.length > 0;
}

async function findProvider(db: Executor, slug: string): Promise<string> {
  const [row] = await db.select({ id: provider.id }).from(provider).where(eq(provider.slug, slug));
  if (!row)
    throw new AppError("not_found", { message: `There is no provider named ${slug}.`, param: "provider" });
  return row.id;
}
