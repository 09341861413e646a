import { isObject } from "@/server/protocols/fields";
import { type Protocol, ProtocolError } from "../script";
import { filmFor } from "./film";
import { PIXEL } from "./images";
import { canceled, type Job, type Jobs, polled, stateOf, wholeJson } from "./jobs";

const GPU_SECONDS = 12.5;
const FAILURE = "Impossible to make.";
const error = (_status: number, message: string) => JSON.stringify({ detail: message });

/** Models named after moving pictures make one; all others make images. */
const isVideo = ({ model }: Job) => /clip|video|hailuo|veo/.test(model);

function urlsOf(job: Job, count: unknown, url: string): string[] {
  if (isVideo(job)) return [`${url}/simulated.mp4`];
  // Asked for in line, it is in line: a data URL.
  const image = job.input.sync_mode === true ? `data:image/png;base64,${PIXEL}` : `${url}/simulated.png`;
  return Array.from({ length: Number(count ?? 1) }, () => image);
}

/** Models that are named after editing need an image, in the request itself or at an address. */
function needImage({ model, input }: Job): void {
  if (!/edit|kontext/.test(model)) return;
  const fields = ["image", "image_url", "input_image", "image_urls", "image_input"];
  const images = fields.flatMap((field) => input[field] ?? []);
  if (!images.some((image) => typeof image === "string" && /^(data:|https?:)/.test(image)))
    throw new ProtocolError("Missing an image.", 422);
}

/** fal's queue: the status is asked for apart from the result. */
export function falProtocols({ take, find }: Jobs): Protocol[] {
  const at = /\/requests\/([^/]+)/;
  const modelIn = (path: string) => /\/v1\/(fal-ai\/.+)$/.exec(path)?.[1] ?? "";
  return [
    {
      path: /\/v1\/fal-ai\/[^/]+(\/[^/]+)*$/,
      model: modelIn,
      answer: async ({ path, body }) => {
        const job = take(modelIn(path), body);
        needImage(job);
        return wholeJson({ request_id: job.id, status: "IN_QUEUE" });
      },
      error,
    },
    {
      method: "GET",
      path: /\/requests\/[^/]+\/status$/,
      answer: async ({ path }) => {
        const state = stateOf(polled(find(path, at)));
        if (state === "failed") return wholeJson({ status: "COMPLETED", error: FAILURE });
        const status = { queued: "IN_QUEUE", running: "IN_PROGRESS", done: "COMPLETED" }[state];
        return wholeJson({ status, metrics: { inference_time: GPU_SECONDS } });
      },
      error,
    },
    {
      method: "GET",
      path: /\/requests\/[^/]+$/,
      answer: async ({ path, url }) => {
        const job = find(path, at);
        // As the real one: what a model would not do is only said here.
        if (String(job.input.prompt).includes("forbidden"))
          return wholeJson({ detail: [{ loc: ["body", "prompt"], msg: "The prompt is forbidden." }] }, 422);
        const media = urlsOf(job, job.input.num_images, url).map((one) => ({ url: one }));
        return wholeJson(isVideo(job) ? { video: media[0] } : { images: media, seed: 1 });
      },
      error,
    },
    {
      method: "PUT",
      path: /\/requests\/[^/]+\/cancel$/,
      answer: async ({ path }) => canceled(find(path, at)),
      error,
    },
  ];
}

const KNOWN_TO_ALL = ["prompt", "seed", "aspect_ratio", "output_format"];
const KNOWN_TO_IMAGES = ["num_outputs", "image", "input_image", "image_input", "mask"];
const KNOWN_TO_VIDEOS = ["duration", "resolution", "image"];

/** Replicate's predictions. As the real one, it refuses what a model does not know. */
export function replicateProtocols({ take, find }: Jobs): Protocol[] {
  const at = /\/predictions\/([^/]+)/;
  const modelIn = (path: string) => /\/models\/(.+)\/predictions$/.exec(path)?.[1] ?? "";
  return [
    {
      path: /\/models\/.+\/predictions$/,
      model: modelIn,
      answer: async ({ path, body }) => {
        const job = take(modelIn(path), isObject(body) ? body.input : {});
        const known = [...KNOWN_TO_ALL, ...(isVideo(job) ? KNOWN_TO_VIDEOS : KNOWN_TO_IMAGES)];
        const unknown = Object.keys(job.input).find((name) => !known.includes(name));
        if (unknown) throw new ProtocolError(`- input: Additional property ${unknown} is not allowed`, 422);
        needImage(job);
        return wholeJson({ id: job.id, status: "starting" }, 201);
      },
      error,
    },
    {
      method: "GET",
      path: /\/predictions\/[^/]+$/,
      answer: async ({ path, url }) => {
        const job = polled(find(path, at));
        const state = stateOf(job);
        const status = { queued: "starting", running: "processing", done: "succeeded", failed: "failed" }[
          state
        ];
        if (state === "failed") return wholeJson({ id: job.id, status, error: FAILURE });
        const output = urlsOf(job, job.input.num_outputs, url);
        const done = { output, metrics: { predict_time: GPU_SECONDS } };
        return wholeJson({ id: job.id, status, ...(state === "done" ? done : {}) });
      },
      error,
    },
    { path: /\/predictions\/[^/]+\/cancel$/, answer: async ({ path }) => canceled(find(path, at)), error },
  ];
}

/** Where what was made stands: images, and films in ranges. */
export const simulatedMedia: readonly Protocol[] = [
  {
    method: "GET",
    path: "/simulated.png",
    answer: async () => ({
      kind: "whole",
      status: 200,
      contentType: "image/png",
      body: Buffer.from(PIXEL, "base64"),
      tokens: 1,
      failure: "{}",
    }),
    error,
  },
  { method: "GET", path: "/simulated.mp4", answer: async (request) => filmFor(request), error },
];
