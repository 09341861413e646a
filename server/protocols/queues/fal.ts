import { isObject, objectsIn, readObject, textIn } from "../fields";
import { wholeSeconds } from "./machine-time";
import type { QueueReading, QueueWire, UpstreamJob } from "./wire";

const STATUSES: Readonly<Record<string, QueueReading["status"]>> = {
  IN_QUEUE: "queued",
  IN_PROGRESS: "in_progress",
  COMPLETED: "completed",
};
const PROGRESS: Readonly<Record<string, number>> = { in_progress: 50, completed: 100 };

/**
 * How long fal keeps what a job makes, as long as our own addresses live. Said with every job: what it is without is the
 * account's setting. https://docs.fal.ai/model-apis/media-expiration
 */
const KEPT = JSON.stringify({ expiration_duration_seconds: 7 * 24 * 60 * 60 });

/** fal's queue: https://docs.fal.ai/model-apis/model-endpoints/queue. The result is asked for apart. */
export const falQueue: QueueWire = {
  submit: (input, model) => ({
    path: `/${model}`,
    headers: { "content-type": "application/json", "x-fal-object-lifecycle-preference": KEPT },
    body: JSON.stringify(input),
  }),
  read(bytes) {
    const body = readObject(bytes);
    if (!body) return null;
    const urls = urlsOf(body);
    const status = urls.length > 0 ? "completed" : STATUSES[String(body.status)];
    const error = textIn(body.error);
    const metrics = isObject(body.metrics) ? body.metrics : {};
    if (!status && error === null) return null;
    const told = error === null ? (status ?? "failed") : "failed";
    return {
      upstreamId: textIn(body.request_id) ?? "",
      status: told,
      progress: PROGRESS[told] ?? 0,
      error,
      gpuSeconds: wholeSeconds(metrics.inference_time),
      urls,
    };
  },
  poll: (job) => ({ method: "GET", path: `${jobPath(job)}/status` }),
  result: (job) => ({ method: "GET", path: jobPath(job) }),
  cancel: (job) => ({ method: "PUT", path: `${jobPath(job)}/cancel` }),
  readError(bytes) {
    const detail = readObject(bytes)?.detail;
    const [first] = objectsIn(detail);
    const field = Array.isArray(first?.loc) ? textIn(first.loc.at(-1)) : null;
    return { message: textIn(detail) ?? textIn(first?.msg), param: field };
  },
};

/** Each of its models says what it made under the name of the medium, one or a list. */
function urlsOf(body: Readonly<Record<string, unknown>>): string[] {
  const media = [body.images, body.image, body.videos, body.video].flat();
  return media.flatMap((one) => (isObject(one) ? (textIn(one.url) ?? []) : []));
}

/** Jobs stand below the first two parts of the model's name. */
function jobPath({ model, upstreamId }: UpstreamJob): string {
  return `/${model.split("/").slice(0, 2).join("/")}/requests/${encodeURIComponent(upstreamId)}`;
}
