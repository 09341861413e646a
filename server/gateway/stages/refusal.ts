import type { CatalogModel } from "@/server/catalog";
import type { ErrorCode } from "@/server/platform/error-codes";
import { AppError } from "@/server/platform/errors";
import type { Exclusion, ExclusionReason } from "@/server/routing";
import type { Operation } from "../operation";

/** What each exclusion means to the caller, the most telling first: of several, the earliest in this list is answered. */
const ANSWERS: readonly (readonly [ExclusionReason, ErrorCode])[] = [
  ["output_limit", "invalid_request"],
  ["context_length", "invalid_request"],
  ["input_modality", "unsupported_parameter"],
  ["parameter", "unsupported_parameter"],
  ["max_price", "no_available_provider"],
  ["quantization", "no_available_provider"],
  ["trains_on_prompts", "no_available_provider"],
  ["retains_prompts", "no_available_provider"],
  ["region", "no_available_provider"],
  ["not_in_only", "no_available_provider"],
  ["ignored", "no_available_provider"],
  ["pinned_elsewhere", "provider_not_allowed"],
  ["provider_not_allowed", "provider_not_allowed"],
  ["model_not_allowed", "model_not_allowed"],
  ["price_lock", "invalid_request"],
];

/** The field of the request that a reason is about. */
const PARAMETERS: Partial<Record<ExclusionReason, string>> = {
  context_length: "messages",
  price_lock: "price_lock",
};

/** Reasons that a later try of the same request meets again. */
const TRANSIENT: ReadonlySet<ExclusionReason> = new Set(["no_price"]);

/** Nobody may or can answer: the reason of whoever came closest. */
export function refusalOf(
  model: CatalogModel,
  operation: Operation,
  excluded: readonly Exclusion[],
  ownRefusal: AppError | null,
): AppError {
  if (ownRefusal) return ownRefusal;
  const found = ANSWERS.find(([reason]) => excluded.some((one) => one.reason === reason));
  if (!found) return unavailable(model.slug, excluded);
  const [reason, code] = found;
  if (reason === "output_limit") return limitTooHigh(model, operation);
  const cause = excluded.find((one) => one.reason === reason);
  const who = code === "model_not_allowed" ? model.slug : `Every provider of ${model.slug}`;
  return new AppError(code, {
    message: `${who} is ruled out for this request: ${cause?.provider ?? "it"} ${cause?.detail ?? ""}.`,
    ...(PARAMETERS[reason] ? { param: PARAMETERS[reason] } : {}),
    metadata: { reason, excluded: excluded.map(toWire) },
  });
}

function unavailable(slug: string, excluded: readonly Exclusion[]): AppError {
  return new AppError("no_available_provider", {
    message: `No provider of ${slug} can be used right now.`,
    retryAfterSeconds: 5,
    ...(excluded.some(({ reason }) => !TRANSIENT.has(reason))
      ? { metadata: { excluded: excluded.map(toWire) } }
      : {}),
  });
}

function toWire({ provider, model, reason, detail }: Exclusion) {
  return { provider, model, reason, detail };
}

function limitTooHigh(model: CatalogModel, operation: Operation): AppError {
  const most = Math.max(
    ...model.endpoints.map((endpoint) => endpoint.maxOutputTokens ?? endpoint.contextLength),
  );
  const param = operation.outputLimit?.parameter ?? "max_tokens";
  return new AppError("invalid_request", {
    message: `\`${param}\` may be at most ${most} for this model.`,
    param,
    metadata: { limit: most },
  });
}
