import type { CatalogProvider } from "@/server/catalog";
import type { DialectName } from "@/server/protocols/model";
import { kind as anthropic } from "./anthropic";
import { kind as bedrock } from "./bedrock";
import type { UpstreamBody } from "./body-queue";
import { kind as cohere } from "./cohere";
import { type FailureGround, UpstreamFailure } from "./failure";
import { kind as fal } from "./fal";
import { kind as google } from "./google";
import type { UpstreamAnswer } from "./http-client";
import type { ErrorReading, PlainCall, PreparedCall, ProviderKind } from "./kind";
import { kind as openaiCompatible } from "./openai-compatible";
import { kind as openaiResponses } from "./openai-responses";
import { quirksOf } from "./quirks";
import { kind as replicate } from "./replicate";

const KINDS: Readonly<Record<CatalogProvider["kind"], ProviderKind>> = {
  "openai-compatible": openaiCompatible,
  "openai-responses": openaiResponses,
  anthropic,
  bedrock,
  google,
  cohere,
  fal,
  replicate,
};

const spoken = new WeakMap<CatalogProvider, readonly DialectName[]>();

/** The conversation wires that a provider speaks, its own first. */
export function dialectsOf(provider: CatalogProvider): readonly DialectName[] {
  let dialects = spoken.get(provider);
  if (!dialects) {
    dialects = [...KINDS[provider.kind].dialects, ...(quirksOf(provider).alsoSpeaks ?? [])];
    spoken.set(provider, dialects);
  }
  return dialects;
}

/** A dialect's call as this provider gets it: its URL, and the credential in the right place. */
export async function prepareCall(
  provider: CatalogProvider,
  { path, headers, body }: PlainCall,
): Promise<PreparedCall> {
  const kind = KINDS[provider.kind];
  const call = { url: kind.toUrl(provider, path), headers, body };
  const credential = provider.credential();
  const proof = await kind.authorize(provider, call, credential?.secret ?? null);
  return { url: call.url, headers: Object.assign({}, headers, proof), body, credential };
}

/** A key over its limit rests as long as the provider asked, or this long; one that is refused (401, 402, 403), longer. */
const LIMITED_KEY_REST_MS = 60_000;
const REFUSED_KEY_REST_MS = 300_000;
const LONGEST_KEY_REST_MS = 600_000;

/**
 * Lets the key of a refused call rest, so that the provider's other ones are used.
 * @returns milliseconds until one may be; null when the refusal is not about the key, or there is none
 */
function restKey({ credential }: PreparedCall, status: number, retryAfterSeconds: number): number | null {
  if (credential === null) return null;
  if (status === 429) {
    const statedMs = retryAfterSeconds * 1_000;
    return credential.rest(Math.min(statedMs || LIMITED_KEY_REST_MS, LONGEST_KEY_REST_MS));
  }
  const isAboutKey = status === 401 || status === 402 || status === 403 || CAUSED_BY_REQUEST.has(status);
  return isAboutKey ? credential.rest(REFUSED_KEY_REST_MS) : null;
}

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_PUBLIC_CHARACTERS = 500;
/** The request is at fault: passed on, never tried elsewhere. */
const CAUSED_BY_REQUEST = new Set([400, 413, 415, 422]);

/**
 * A refused call as a failure. Only what the request itself caused is passed on in the provider's words; our credential's
 * troubles (401, 402, 403), limits (429) and the provider's own faults are tried elsewhere and never shown; the key rests.
 */
export async function toRefusal(
  provider: CatalogProvider,
  prepared: PreparedCall,
  answer: UpstreamAnswer,
  readError: (bytes: Uint8Array) => ErrorReading,
): Promise<UpstreamFailure> {
  const { status } = answer;
  const error = readError(await collect(answer.body, MAX_ERROR_BYTES));
  const isOurs = !CAUSED_BY_REQUEST.has(status) || KINDS[provider.kind].isOurAccount(status, error);
  if (isOurs) {
    const retryAfterSeconds = retryAfterOf(answer, error);
    const keyFreshInMs = restKey(prepared, status, retryAfterSeconds);
    return new UpstreamFailure({
      reason: `status_${status}`,
      status,
      mayFallBack: true,
      internal: error.message ?? "",
      ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
      ...(keyFreshInMs === null ? {} : { keyFreshInMs }),
    });
  }
  return new UpstreamFailure({
    reason: `status_${status}`,
    status,
    mayFallBack: false,
    ...groundOf(error.message ?? ""),
    publicMessage: error.message?.slice(0, MAX_PUBLIC_CHARACTERS) ?? "The provider refused the request.",
    ...(error.param === null ? {} : { param: error.param.slice(0, 100) }),
  });
}

/** Providers have no common code for these two; their words are the only sign. */
function groundOf(message: string): { ground?: FailureGround } {
  if (
    /context.{0,10}(length|window|limit)|maximum context|prompt is too long|too many (input )?tokens/i.test(
      message,
    )
  )
    return { ground: "context_length" };
  if (/content.{0,3}(policy|filter|management)|safety (system|setting|filter)|flagged/i.test(message))
    return { ground: "content_policy" };
  return {};
}

/** Whole seconds; 0 when nothing was said. Some providers (Google) say it in the body. */
function retryAfterOf(answer: UpstreamAnswer, { retryAfterMs }: ErrorReading): number {
  const ms = Number(answer.header("retry-after-ms") ?? Number.NaN);
  const stated = Number(answer.header("retry-after") ?? Number.NaN) * 1_000;
  const wait = [retryAfterMs, ms, stated].find((one) => one !== undefined && Number.isFinite(one) && one > 0);
  return wait === undefined ? 0 : Math.ceil(wait / 1_000);
}

/** All bytes of a body. @throws UpstreamFailure when it is larger than `limit` or breaks off */
export async function collect(body: UpstreamBody, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let chunk = await body.read(); chunk !== null; chunk = await body.read()) {
    size += chunk.length;
    if (size > limit) {
      body.abort();
      throw new UpstreamFailure({ reason: "answer_too_large", status: null, mayFallBack: true });
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0]
    ? Buffer.from(chunks[0].buffer, chunks[0].byteOffset, chunks[0].length)
    : Buffer.concat(chunks);
}
