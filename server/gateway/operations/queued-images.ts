import type { ImageCall, ImageQueue } from "@/server/protocols/images";
import { base64In, type QueueReading, type UpstreamJob } from "@/server/protocols/queues";
import { upstreamNameOf } from "@/server/protocols/variant";
import { UpstreamFailure } from "@/server/providers";
import type { Answer, Candidate, Exchange, FetchMedia, Pending } from "../operation";

interface Job {
  readonly images: ImageQueue;
  readonly call: ImageCall;
  readonly upstream: UpstreamJob;
  readonly createdAtMs: number;
  /** Machine time as far as it was told: not every answer says it. */
  readonly gpuSeconds: number | null;
  /** Whoever counts what was made. */
  readonly toAnswer: ToAnswer;
}

type ToAnswer = (body: Readonly<Record<string, unknown>>, gpuSeconds: number | null) => Answer | null;

/** Images of a provider that takes jobs: the job is begun, waited for, and answered as if it had been made at once. */
export async function queuedExchange(
  images: ImageQueue,
  call: ImageCall,
  { upstreamModel }: Candidate,
  createdAtMs: number,
  toAnswer: ToAnswer,
): Promise<Exchange> {
  const { queue } = images;
  const model = upstreamNameOf(upstreamModel);
  const { path, headers, body } = queue.submit(await images.toInput(call, upstreamModel), model);
  return {
    path,
    headers: { ...headers, accept: "application/json" },
    body,
    readWhole(bytes) {
      const begun = queue.read(bytes);
      if (!begun || begun.upstreamId === "") return null;
      const upstream = { upstreamId: begun.upstreamId, model };
      const job = { images, call, upstream, createdAtMs, gpuSeconds: null, toAnswer };
      // Even a job that is said to be done already is asked about once: that is where its result is.
      return pendingOf(job, false);
    },
    openStream: () => {
      throw new Error("this call does not stream");
    },
    readError: queue.readError,
  };
}

function pendingOf(job: Job, hasEnded: boolean): Pending {
  const { queue } = job.images;
  return {
    pending: true,
    hasEnded,
    ask: hasEnded && queue.result ? queue.result(job.upstream) : queue.poll(job.upstream),
    cancel: queue.cancel(job.upstream),
    readError: queue.readError,
    async read(bytes, fetchMedia) {
      const reading = queue.read(bytes);
      if (!reading) return null;
      if (reading.status === "failed")
        throw new UpstreamFailure({
          reason: "job_failed",
          status: 200,
          mayFallBack: true,
          internal: reading.error ?? "",
        });
      const seen = { ...job, gpuSeconds: reading.gpuSeconds ?? job.gpuSeconds };
      if (reading.status !== "completed") return pendingOf(seen, false);
      if (reading.urls.length > 0) return toResult(seen, reading, fetchMedia);
      // Asked for apart, once: a result without anything in it is none.
      return queue.result && !hasEnded ? pendingOf(seen, true) : null;
    },
  };
}

async function toResult(job: Job, { urls }: QueueReading, fetchMedia: FetchMedia): Promise<Answer | null> {
  const wantsBytes = job.call.responseFormat === "b64_json";
  const data = await Promise.all(
    urls.map(async (url) => {
      const inline = base64In(url);
      if (inline !== null) return { b64_json: inline };
      return wantsBytes ? { b64_json: await fetchBytes(url, fetchMedia) } : { url };
    }),
  );
  return job.toAnswer({ created: Math.floor(job.createdAtMs / 1_000), data }, job.gpuSeconds);
}

async function fetchBytes(url: string, fetchMedia: FetchMedia): Promise<string> {
  try {
    return (await fetchMedia(url)).toString("base64");
  } catch (reason) {
    throw new UpstreamFailure({
      reason: "media_unavailable",
      status: 200,
      mayFallBack: true,
      internal: String(reason),
    });
  }
}
