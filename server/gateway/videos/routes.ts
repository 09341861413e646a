import { AppError } from "@/server/platform/errors";
import { upstreamNameOf } from "@/server/protocols/variant";
import { type UpstreamAnswer, UpstreamFailure } from "@/server/providers";
import { forgetVideo, readVideo, type VideoJob } from "@/server/videos";
import { toJsonAnswer } from "../answers";
import { serveAnswer, serveContent } from "../contents/serve";
import { authenticateReader } from "../introspection";
import { askAbout, contentOf, endpointOf } from "../stages/follow";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "../types";
import { failVideo, followVideo } from "./follow";
import { renderVideo } from "./render";
import { videoWireOf } from "./wires";

type Handler = (deps: GatewayDeps, request: GatewayRequest, requestId: string) => Promise<GatewayResponse>;

/** What can be done with a video: `/videos/{id}`, `/videos/{id}/content`. */
export function videoRoutes(path: string): Readonly<Record<string, Handler>> | undefined {
  const [, id, part] = /^\/videos\/([^/]+)(\/content)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  return part === undefined ? { GET: retrieve(id), DELETE: remove(id) } : { GET: content(id) };
}

async function find(deps: GatewayDeps, request: GatewayRequest, requestId: string, id: string) {
  const { key } = await authenticateReader(deps, request, requestId);
  return readVideo(deps.db, key, id);
}

const retrieve =
  (id: string): Handler =>
  async (deps, request, requestId) => {
    const job = await followVideo(deps, await find(deps, request, requestId, id));
    return toJsonAnswer(renderVideo(job), requestId);
  };

/** A video that is still being made is stopped where the provider can; else it has to be waited for. */
const remove =
  (id: string): Handler =>
  async (deps, request, requestId) => {
    const job = await followVideo(deps, await find(deps, request, requestId, id));
    if (job.status === "queued" || job.status === "in_progress") await stop(deps, job);
    await forgetVideo(deps.db, job.id, new Date(deps.clock.nowMs()));
    return toJsonAnswer({ id: job.id, object: "video.deleted", deleted: true }, requestId);
  };

async function stop(deps: GatewayDeps, job: VideoJob): Promise<void> {
  const endpoint = await endpointOf(deps, job);
  const call = endpoint && videoWireOf(endpoint.provider)?.cancel(toUpstream(job, endpoint.upstreamModel));
  if (!endpoint || !call)
    throw new AppError("invalid_request", {
      message: "The video is still being made and cannot be deleted before it is completed or failed.",
      param: "id",
    });
  await asPublic(askAbout(deps, endpoint, call));
  await failVideo(deps, job, "The video was deleted before it was completed.");
}

/** The variant of a video that is the video. */
const WHOLE = "video";
/** What a provider answers for a video that it has dropped. */
const GONE: readonly (number | null)[] = [404, 410];

/** The bytes of the video, in ranges when asked for, from the provider itself or from where it has put them. */
const content =
  (id: string): Handler =>
  async (deps, request, requestId): Promise<GatewayResponse> => {
    const job = await followVideo(deps, await find(deps, request, requestId, id));
    if (job.status !== "completed")
      throw new AppError("invalid_request", {
        message: `The video is ${job.status.replace("_", " ")}: there is nothing to download.`,
        param: "id",
      });
    const endpoint = await endpointOf(deps, job);
    const variant = request.query.get("variant");
    if (job.contentUrl !== null) {
      if (variant !== null && variant !== WHOLE) throw noVariant(variant);
      return serveContent(deps, request, requestId, contentOf(job.contentUrl, endpoint?.provider ?? null));
    }
    const wire = endpoint && videoWireOf(endpoint.provider);
    const call = wire?.content(toUpstream(job, endpoint?.upstreamModel ?? ""), variant);
    if (!endpoint || !call)
      throw new AppError("no_available_provider", {
        message: "The provider of this video is not there any more.",
      });
    const range = request.header("range");
    const asking = { signal: request.signal, ...(range ? { headers: { range } } : {}) };
    const answer = await asPublic(askAbout(deps, endpoint, call, asking).catch(sayGone));
    return serveAnswer(answer, request, requestId);
  };

function sayGone(thrown: unknown): never {
  if (thrown instanceof UpstreamFailure && GONE.includes(thrown.status))
    throw new AppError("content_expired", { message: "The provider does not keep this video any more." });
  throw thrown;
}

function noVariant(variant: string): AppError {
  return new AppError("unsupported_parameter", {
    message: `The provider of this video gives no ${JSON.stringify(variant.slice(0, 40))} of it.`,
    param: "variant",
  });
}

function toUpstream(job: VideoJob, upstreamModel: string) {
  return { upstreamId: job.upstreamId, model: upstreamNameOf(upstreamModel) };
}

/** A provider's refusal of a follow-up, in words of our own. */
async function asPublic(asked: Promise<UpstreamAnswer>): Promise<UpstreamAnswer> {
  try {
    return await asked;
  } catch (thrown) {
    if (!(thrown instanceof UpstreamFailure)) throw thrown;
    throw new AppError("upstream_error", {
      message: "The provider did not answer as it should. Try again in a moment.",
      internal: `${thrown.reason} ${thrown.message}`,
    });
  }
}
