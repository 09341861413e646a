import { isObject, readObject, textIn } from "../fields";
import { wholeSeconds } from "./machine-time";
import type { QueueReading, QueueWire } from "./wire";

const STATUSES: Readonly<Record<string, QueueReading["status"]>> = {
  starting: "queued",
  processing: "in_progress",
  succeeded: "completed",
  failed: "failed",
  canceled: "failed",
  aborted: "failed",
};
const PROGRESS: Readonly<Record<string, number>> = { in_progress: 50, completed: 100 };

/** Replicate's predictions: https://replicate.com/docs/reference/http */
export const replicateQueue: QueueWire = {
  submit: (input, model) => ({
    path: `/models/${model}/predictions`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input }),
  }),
  read(bytes) {
    const body = readObject(bytes);
    const upstreamId = textIn(body?.id);
    const status = STATUSES[String(body?.status)];
    if (!body || upstreamId === null || !status) return null;
    const metrics = isObject(body.metrics) ? body.metrics : {};
    return {
      upstreamId,
      status,
      progress: PROGRESS[status] ?? 0,
      error: textIn(body.error) ?? (body.status === "canceled" ? "The job was canceled." : null),
      gpuSeconds: wholeSeconds(metrics.predict_time),
      urls: [body.output].flat().flatMap((one) => textIn(one) ?? []),
    };
  },
  poll: ({ upstreamId }) => ({ method: "GET", path: `/predictions/${encodeURIComponent(upstreamId)}` }),
  cancel: ({ upstreamId }) => ({
    method: "POST",
    path: `/predictions/${encodeURIComponent(upstreamId)}/cancel`,
  }),
  readError: (bytes) => ({ message: textIn(readObject(bytes)?.detail), param: null }),
};
