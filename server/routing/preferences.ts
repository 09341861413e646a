import { z } from "zod";
import { AppError } from "@/server/platform/errors";

/** Percentiles by which latency and throughput wishes may be stated. */
const bound = z.union([
  z.number().positive(),
  z.partialRecord(z.enum(["p50", "p75", "p90", "p99"]), z.number().positive()),
]);
const slugs = z.array(z.string().min(1).max(200)).max(32);
/** USD per million tokens, per request, per image: numbers or decimal strings, as other gateways take both. */
const usd = z.union([z.number().nonnegative(), z.string().regex(/^\d{1,9}(\.\d{1,12})?$/)]).transform(Number);

/** `exacto` asks for providers that call tools well, which nobody has measured here: the usual order, by health and price. */
const sortName = z
  .enum(["price", "throughput", "latency", "exacto"])
  .transform((name) => (name === "exacto" ? null : name));

const providerSchema = z.looseObject({
  order: slugs.nullish(),
  only: slugs.nullish(),
  ignore: slugs.nullish(),
  allow_fallbacks: z.boolean().nullish(),
  require_parameters: z.boolean().nullish(),
  data_collection: z.enum(["allow", "deny"]).nullish(),
  zdr: z.boolean().nullish(),
  region: z
    .string()
    .regex(/^[a-z]{2,12}$/)
    .nullish(),
  quantizations: z.array(z.string().max(16)).max(16).nullish(),
  sort: z
    .union([
      sortName,
      z.looseObject({
        by: sortName.nullish(),
        partition: z.enum(["model", "none"]).nullish(),
      }),
    ])
    .nullish(),
  max_price: z
    .looseObject({
      prompt: usd.nullish(),
      completion: usd.nullish(),
      request: usd.nullish(),
      image: usd.nullish(),
    })
    .nullish(),
  preferred_min_throughput: bound.nullish(),
  preferred_max_latency: bound.nullish(),
  /** How much dearer than the first choice a fallback may be, as a share (0.5 = by half). Our own field. */
  max_fallback_premium: z.number().nonnegative().max(1_000).nullish(),
});

const gatewaySchema = z.looseObject({
  order: slugs.nullish(),
  only: slugs.nullish(),
  models: slugs.nullish(),
  sort: z.enum(["cost", "ttft", "tps"]).nullish(),
  zeroDataRetention: z.boolean().nullish(),
  disallowPromptTraining: z.boolean().nullish(),
});

const schema = z.looseObject({
  models: slugs.nullish(),
  provider: providerSchema.nullish(),
  providerOptions: z.looseObject({ gateway: gatewaySchema.nullish() }).nullish(),
  session_id: z.string().max(256).nullish(),
  prompt_cache_key: z.string().max(256).nullish(),
  user: z.string().max(512).nullish(),
});

export type SortKey = "price" | "latency" | "throughput";

/** What a request asks of routing, from OpenRouter's and Vercel's fields and from the model's suffix. */
export interface RoutingPreferences {
  /** The models to try, the requested one first, without suffixes, each once. */
  readonly models: readonly string[];
  readonly order: readonly string[];
  readonly only: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly allowFallbacks: boolean;
  readonly requireParameters: boolean;
  readonly forbidsTraining: boolean;
  readonly wantsZeroRetention: boolean;
  readonly region: string | null;
  readonly quantizations: readonly string[] | null;
  readonly sort: SortKey | null;
  /** Do the models' endpoints form one list, instead of one after the other? */
  readonly mixesModels: boolean;
  /** USD per million tokens (prompt, completion), per request and per image; null = any. */
  readonly maxPrice: Readonly<Record<"prompt" | "completion" | "request" | "image", number | null>> | null;
  /** Tokens per second, milliseconds: endpoints beyond are tried later, not never. */
  readonly leastThroughput: number | null;
  readonly mostLatencyMs: number | null;
  /** Null = the policy's or the product's default. */
  readonly maxFallbackPremium: number | null;
  /** Requests with the same one should meet the same prompt cache. */
  readonly session: string | null;
}

const SUFFIX_SORT: Readonly<Record<string, SortKey | null>> = {
  floor: "price",
  nitro: "throughput",
  exacto: null,
};
const VERCEL_SORT = { cost: "price", ttft: "latency", tps: "throughput" } as const;

/**
 * @param requestedModel as the client wrote it, perhaps with `:floor` or `:nitro`
 * @param body the request's body; fields of other names are not looked at
 * @throws AppError invalid_request (names the field)
 */
export function parsePreferences(
  requestedModel: string,
  body: Readonly<Record<string, unknown>>,
): RoutingPreferences {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalid(parsed.error);
  const { provider, providerOptions, models } = parsed.data;
  const gateway = providerOptions?.gateway ?? {};
  const [first, suffix] = splitSuffix(requestedModel);
  const sort = sortOf(provider?.sort, gateway.sort, suffix);
  return {
    models: [
      ...new Set([first, ...(models ?? []), ...(gateway.models ?? [])].map((name) => splitSuffix(name)[0])),
    ],
    order: provider?.order ?? gateway.order ?? [],
    only: provider?.only ?? gateway.only ?? null,
    ignore: provider?.ignore ?? [],
    allowFallbacks: provider?.allow_fallbacks ?? true,
    requireParameters: provider?.require_parameters ?? false,
    forbidsTraining: provider?.data_collection === "deny" || gateway.disallowPromptTraining === true,
    wantsZeroRetention: provider?.zdr === true || gateway.zeroDataRetention === true,
    region: provider?.region ?? null,
    quantizations: provider?.quantizations ?? null,
    sort: sort.by,
    mixesModels: sort.mixesModels,
    maxPrice: toMaxPrice(provider?.max_price),
    leastThroughput: boundOf(provider?.preferred_min_throughput),
    mostLatencyMs: toMs(boundOf(provider?.preferred_max_latency)),
    maxFallbackPremium: provider?.max_fallback_premium ?? null,
    session: parsed.data.session_id ?? parsed.data.prompt_cache_key ?? parsed.data.user ?? null,
  };
}

/** `author/slug:floor` → the slug and `floor`; any other colon belongs to the name. */
function splitSuffix(name: string): readonly [string, string | null] {
  const at = name.lastIndexOf(":");
  const suffix = at === -1 ? "" : name.slice(at + 1);
  return Object.hasOwn(SUFFIX_SORT, suffix) ? [name.slice(0, at), suffix] : [name, null];
}

function sortOf(
  sort: z.infer<typeof providerSchema>["sort"],
  vercel: keyof typeof VERCEL_SORT | null | undefined,
  suffix: string | null,
): { by: SortKey | null; mixesModels: boolean } {
  const named = typeof sort === "string" ? sort : (sort?.by ?? null);
  const fromSuffix = suffix === null ? null : (SUFFIX_SORT[suffix] ?? null);
  return {
    by: named ?? (vercel ? VERCEL_SORT[vercel] : null) ?? fromSuffix,
    mixesModels: typeof sort === "object" && sort?.partition === "none",
  };
}

function toMaxPrice(price: z.infer<typeof providerSchema>["max_price"]): RoutingPreferences["maxPrice"] {
  if (!price) return null;
  return {
    prompt: price.prompt ?? null,
    completion: price.completion ?? null,
    request: price.request ?? null,
    image: price.image ?? null,
  };
}

/** A bound stated by percentile counts by its strictest word: endpoints are compared by their median. */
function boundOf(value: z.infer<typeof bound> | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  return value.p50 ?? value.p75 ?? value.p90 ?? value.p99 ?? null;
}

/** Latency wishes come in seconds. */
function toMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1_000;
}

function invalid(error: z.ZodError): AppError {
  const [issue] = error.issues;
  const param = (issue?.path ?? []).map(String).join(".");
  return new AppError("invalid_request", {
    message: `\`${param}\` is not valid: ${issue?.message ?? "unknown shape"}.`,
    param,
  });
}
