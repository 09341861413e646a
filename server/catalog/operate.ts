import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { endpoint, model, provider } from "@/db/schema";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import type { SecretBox } from "@/server/platform/secret-box";
import { endpointFields, modelFields, parseWith, providerSchema } from "./catalog-file";
import { apiKeySchema, disableCredentials, hasCredential, setDefaultCredential } from "./credentials";
import { authorOf } from "./import";
import { addPriceVersions } from "./price-versions";

const setProviderSchema = z.strictObject({
  ...providerSchema.shape,
  /** Undefined keeps the stored keys; null takes them out of use, for a provider that needs none. */
  apiKey: apiKeySchema.nullable().optional(),
  /** Undefined keeps the status; a new provider starts disabled. */
  activate: z.boolean().optional(),
});
const addModelSchema = z.strictObject(modelFields);
const addEndpointSchema = z.strictObject({
  ...endpointFields,
  model: z.string(),
});

type SetProviderInput = z.input<typeof setProviderSchema>;
type AddModelInput = z.input<typeof addModelSchema>;
export type AddEndpointInput = z.input<typeof addEndpointSchema>;

/**
 * Creates a provider, or changes it by slug. From then on it is a real one: an import leaves it alone.
 * @throws AppError invalid_request; also when the host changes and the stored key would travel to the new one
 */
export async function setProvider(
  db: Database,
  secretBox: SecretBox,
  input: SetProviderInput,
): Promise<{ id: string; created: boolean; status: "active" | "disabled" }> {
  return db.transaction((tx) => setProviderIn(tx, secretBox, input));
}

/** The same in the caller's transaction. */
export async function setProviderIn(
  tx: Executor,
  secretBox: SecretBox,
  input: SetProviderInput,
): Promise<{ id: string; created: boolean; status: "active" | "disabled" }> {
  const { apiKey, activate, ...fields } = parseWith(setProviderSchema, input);
  const [known] = await tx.select().from(provider).where(eq(provider.slug, fields.slug)).for("update");
  const isOtherHost = known !== undefined && new URL(known.baseUrl).host !== new URL(fields.baseUrl).host;
  if (isOtherHost && apiKey === undefined && (await hasCredential(tx, known.id))) {
    throw new AppError("invalid_request", {
      message: "The host changes: give the API key for the new host, so that the old one is not sent there.",
      param: "apiKey",
    });
  }
  const status = activate === undefined ? (known?.status ?? "disabled") : activate ? "active" : "disabled";
  const values = { ...fields, isSimulated: false, status };
  const id = known?.id ?? newId("provider");
  if (known) await tx.update(provider).set(values).where(eq(provider.id, id));
  else await tx.insert(provider).values({ id, ...values });
  // A key belongs to the host that it was given for: none travels to another one.
  if (apiKey === null || isOtherHost) await disableCredentials(tx, id);
  if (typeof apiKey === "string") await setDefaultCredential(tx, id, secretBox.seal(apiKey));
  return { id, created: !known, status };
}

/** @throws AppError invalid_request, conflict when the slug is taken */
export async function addModel(db: Executor, input: AddModelInput): Promise<{ id: string }> {
  const fields = parseWith(addModelSchema, input);
  const [row] = await db
    .insert(model)
    .values({ id: newId("model"), ...fields, author: authorOf(fields.slug) })
    .onConflictDoNothing({ target: model.slug })
    .returning({ id: model.id });
  if (!row)
    throw new AppError("conflict", { message: `The model ${fields.slug} exists already.`, param: "slug" });
  return row;
}

/**
 * Offers a model at a provider with a price list. When that endpoint exists, its limits and priority are updated and
 * the price list becomes a new version if it differs.
 * @throws AppError invalid_request, not_found when the model or the provider does not exist
 */
export async function addEndpoint(
  db: Database,
  input: AddEndpointInput,
  nowMs: number,
): Promise<{ id: string; created: boolean; priceVersionAdded: boolean }> {
  const { source, sourceDate, prices, ...fields } = parseWith(addEndpointSchema, input);
  return db.transaction(async (tx) => {
    const set = await setEndpoint(tx, fields);
    const added = await addPriceVersions(tx, [{ endpointId: set.id, source, sourceDate, prices }], nowMs);
    return { ...set, priceVersionAdded: added.length > 0 };
  });
}

const setEndpointSchema = addEndpointSchema.omit({ source: true, sourceDate: true, prices: true });

/**
 * Offers a model at a provider without saying what it costs: until a price list is published nobody can call it.
 * @throws AppError invalid_request, not_found when the model or the provider does not exist
 */
export async function setEndpoint(
  tx: Executor,
  input: z.input<typeof setEndpointSchema>,
): Promise<{ id: string; created: boolean }> {
  const { model: modelSlug, provider: providerSlug, ...fields } = parseWith(setEndpointSchema, input);
  const [knownModel] = await tx.select().from(model).where(eq(model.slug, modelSlug));
  if (!knownModel) throw missing("model", modelSlug);
  const [knownProvider] = await tx
    .select()
    .from(provider)
    .where(eq(provider.slug, providerSlug))
    .for("update");
  if (!knownProvider) throw missing("provider", providerSlug);
  const values = {
    contextLength: fields.contextLength ?? knownModel.contextLength,
    maxOutputTokens:
      fields.maxOutputTokens === undefined ? knownModel.maxOutputTokens : fields.maxOutputTokens,
    priority: fields.priority,
    ...(fields.weight === undefined ? {} : { weight: fields.weight }),
    ...(fields.quantization === undefined ? {} : { quantization: fields.quantization }),
  };
  const key = { modelId: knownModel.id, providerId: knownProvider.id, upstreamModel: fields.upstreamModel };
  const [known] = await tx
    .select({ id: endpoint.id })
    .from(endpoint)
    .where(
      and(
        eq(endpoint.modelId, key.modelId),
        eq(endpoint.providerId, key.providerId),
        eq(endpoint.upstreamModel, key.upstreamModel),
      ),
    );
  const id = known?.id ?? newId("endpoint");
  if (known) await tx.update(endpoint).set(values).where(eq(endpoint.id, id));
  else await tx.insert(endpoint).values({ id, ...key, ...values });
  return { id, created: !known };
}

function missing(what: "model" | "provider", slug: string): AppError {
  return new AppError("not_found", { message: `There is no ${what} named ${slug}.`, param: what });
}
