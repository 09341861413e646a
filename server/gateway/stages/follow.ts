import type { CatalogEndpoint, CatalogProvider } from "@/server/catalog";
import type { JobCall } from "@/server/protocols/queues";
import { collect, prepareCall, toRefusal, type UpstreamAnswer } from "@/server/providers";
import type { VideoJob } from "@/server/videos";
import type { Content } from "../contents/addresses";
import type { ErrorReading } from "../operation";
import type { GatewayDeps } from "../types";

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A job's endpoint as the catalogue has it now; null when it was taken out meanwhile. */
export async function endpointOf(deps: GatewayDeps, job: VideoJob): Promise<CatalogEndpoint | null> {
  const catalog = await deps.catalog.current();
  const model = catalog.find(job.modelSlug);
  return model?.endpoints.find(({ id }) => id === job.endpointId) ?? null;
}

interface Asking {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** What of a refusal may be shown; nothing when left out. */
  readonly readError?: (bytes: Uint8Array) => ErrorReading;
}

/**
 * Asks a provider about a job that it has taken: the only calls beside those of the call stage. There is a row of the job
 * only when its intent was admitted, so none of them is unpaid.
 * @throws UpstreamFailure
 */
export async function askAbout(
  deps: GatewayDeps,
  endpoint: Pick<CatalogEndpoint, "provider">,
  { method, path }: JobCall,
  { signal, headers = {}, readError = () => ({ message: null, param: null }) }: Asking = {},
): Promise<UpstreamAnswer> {
  const call = await prepareCall(endpoint.provider, {
    path,
    headers: { accept: "*/*", ...headers },
    body: "",
  });
  const answer = await deps.upstream.send({
    url: call.url,
    headers: call.headers,
    body: call.body,
    method,
    firstByteTimeoutMs: TIMEOUT_MS,
    idleTimeoutMs: TIMEOUT_MS,
    signal: signal ?? new AbortController().signal,
  });
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw await toRefusal(endpoint.provider, call, answer, readError);
}

/** The whole of a small answer. @throws UpstreamFailure */
export function wholeOf(answer: UpstreamAnswer): Promise<Buffer> {
  return collect(answer.body, MAX_ANSWER_BYTES);
}

const MEDIA_TIMEOUT_MS = 60_000;
const MAX_MEDIA_BYTES = 32 * 1024 * 1024;

/**
 * What a provider has put at an address: of its own, which the catalogue names, or at any that is public. Our credential
 * goes to neither, and redirects are not followed.
 * @throws when there is no answer at all
 */
export async function openMedia(
  deps: GatewayDeps,
  { url: address, providerOrigin }: Content,
  { signal, headers = {} }: { readonly signal: AbortSignal; readonly headers?: Asking["headers"] },
): Promise<UpstreamAnswer> {
  const url = new URL(address);
  if (url.origin !== providerOrigin)
    return deps.guarded.open(address, { headers, timeoutMs: MEDIA_TIMEOUT_MS, signal });
  return deps.upstream.send({
    method: "GET",
    url,
    headers: { accept: "*/*", ...headers },
    body: "",
    firstByteTimeoutMs: MEDIA_TIMEOUT_MS,
    idleTimeoutMs: MEDIA_TIMEOUT_MS,
    signal,
  });
}

/** The whole of it. @throws when it cannot be had */
export async function mediaAt(deps: GatewayDeps, content: Content, signal: AbortSignal): Promise<Buffer> {
  const answer = await openMedia(deps, content, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(MEDIA_TIMEOUT_MS)]),
  });
  const bytes = await collect(answer.body, MAX_MEDIA_BYTES);
  if (answer.status !== 200) throw new Error(`answered with status ${answer.status}`);
  return bytes;
}

/** @param provider null when the catalogue has it no more */
export function contentOf(url: string, provider: Pick<CatalogProvider, "baseUrl"> | null): Content {
  return { url, providerOrigin: provider === null ? "" : new URL(provider.baseUrl).origin };
}
