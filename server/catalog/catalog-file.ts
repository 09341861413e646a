import { z } from "zod";
import { PROVIDER_KINDS } from "@/db/schema/catalog";
import { AppError } from "@/server/platform/errors";
import { parseUsd } from "@/server/platform/money";
import { parseBaseUrl } from "./base-url";
import { USAGE_UNITS } from "./units";

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, "must be lower-case letters, digits, dots and dashes, at most 64");
const modelSlug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}\/[a-z0-9][a-z0-9.:-]{0,127}$/, "must be author/name in lower case");
const name = z.string().trim().min(1).max(120);
const tokens = z.int().min(1).max(100_000_000);
const modality = z.enum(["text", "image", "audio", "video", "file"]);
/** Each but text, audio and file belongs to an endpoint of its own: `embeddings` to POST embeddings, and so on. */
const OUTPUT_MODALITIES = [
  "text",
  "image",
  "audio",
  "video",
  "file",
  "embeddings",
  "moderation",
  "rerank",
  "speech",
  "transcription",
] as const;
export type OutputModality = (typeof OUTPUT_MODALITIES)[number];

/** "0.40": exact decimal USD per million units, as nano-USD. Above $1,000,000,000 per million it is a typing mistake. */
const usdPerMillion = z.string().transform((text, context) => {
  const amount = parseUsd(text);
  if (amount !== null && amount <= 1_000_000_000_000_000_000n) return amount;
  context.addIssue({ code: "custom", message: "must be a decimal amount of USD per million units" });
  return z.NEVER;
});

const priceSchema = z
  .strictObject({
    unit: z.enum(USAGE_UNITS),
    aboveContextTokens: z.int().min(0).max(100_000_000).default(0),
    /** What the customer pays. */
    usdPerMillion,
    /** What the supplier charges; the same when left out. */
    supplierUsdPerMillion: usdPerMillion.optional(),
  })
  .transform(({ unit, aboveContextTokens, usdPerMillion: platform, supplierUsdPerMillion }) => ({
    unit,
    aboveContextTokens,
    platformNanoUsdPerMillion: platform,
    supplierNanoUsdPerMillion: supplierUsdPerMillion ?? platform,
  }));

export const priceListSchema = z
  .array(priceSchema)
  .min(1)
  .refine(
    (prices) => new Set(prices.map((row) => `${row.unit}>${row.aboveContextTokens}`)).size === prices.length,
    {
      message: "names a unit twice for the same context size",
    },
  );

const baseUrl = z.string().transform((text, context) => {
  try {
    return parseBaseUrl(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: AppError.is(error) ? error.message : "is not valid" });
    return z.NEVER;
  }
});

export const providerSchema = z.strictObject({
  slug,
  name,
  kind: z.enum(PROVIDER_KINDS),
  baseUrl,
  /** Left out = unknown, which data policies take for the worse answer. */
  trainsOnPrompts: z.boolean().optional(),
  retentionDays: z.int().min(0).max(3_650).optional(),
  regions: z
    .array(z.string().regex(/^[a-z]{2,12}$/))
    .max(20)
    .optional(),
  /** A set of quirks by name; without it the host of the base URL decides. */
  profile: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .nullable()
    .default(null),
});

export const modelFields = {
  slug: modelSlug,
  name,
  description: z.string().trim().max(2_000).default(""),
  contextLength: tokens,
  maxOutputTokens: tokens.nullable().default(null),
  inputModalities: z.array(modality).min(1),
  outputModalities: z.array(z.enum(OUTPUT_MODALITIES)).min(1),
  supportedParameters: z.array(z.string().regex(/^[a-z_0-9.]{1,64}$/)).default([]),
  releasedOn: z.iso.date().nullable().default(null),
};

export const endpointFields = {
  provider: slug,
  upstreamModel: z.string().trim().min(1).max(200),
  contextLength: tokens.optional(),
  maxOutputTokens: tokens.nullable().optional(),
  priority: z.int().min(0).max(1_000).default(100),
  weight: z.int().min(1).max(1_000).optional(),
  quantization: z.string().trim().min(1).max(16).optional(),
  /** Where the supplier's price was read. */
  source: z.string().trim().min(1).max(500),
  sourceDate: z.iso.date(),
  prices: priceListSchema,
};

const catalogFileSchema = z.strictObject({
  version: z.literal(1),
  providers: z.array(providerSchema),
  models: z.array(z.strictObject({ ...modelFields, endpoints: z.array(z.strictObject(endpointFields)) })),
});

/** A catalogue file after parsing: prices in nano-USD per million units. */
export type CatalogFile = z.output<typeof catalogFileSchema>;
export type CatalogFilePrice = z.output<typeof priceSchema>;

/** @throws AppError invalid_request naming the first place that is wrong */
export function parseCatalogFile(content: unknown): CatalogFile {
  const file = parseWith(catalogFileSchema, content);
  refuseTwice(
    "providers",
    file.providers.map((provider) => provider.slug),
  );
  refuseTwice(
    "models",
    file.models.map((model) => model.slug),
  );
  const known = new Set(file.providers.map((provider) => provider.slug));
  for (const model of file.models) {
    refuseTwice(
      `models.${model.slug}.endpoints`,
      model.endpoints.map((endpoint) => `${endpoint.provider} ${endpoint.upstreamModel}`),
    );
    for (const endpoint of model.endpoints) {
      if (!known.has(endpoint.provider)) {
        throw invalid(
          `models.${model.slug}`,
          `names the provider ${endpoint.provider}, which the file does not have`,
        );
      }
    }
  }
  return file;
}

/** Parses with a schema. @throws AppError invalid_request naming the first field that is wrong */
export function parseWith<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.path.join(".") || "body", issue?.message ?? "is not valid");
}

function refuseTwice(where: string, keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw invalid(where, `has ${key} twice`);
    seen.add(key);
  }
}

function invalid(param: string, problem: string): AppError {
  return new AppError("invalid_request", { message: `${param}: ${problem}`, param });
}
