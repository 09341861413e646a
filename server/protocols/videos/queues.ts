import { isObject, type Json, textIn, unsupported } from "../fields";
import {
  aspectRatio,
  type Carried,
  falQueue,
  modelInput,
  type QueueReading,
  type QueueWire,
  replicateQueue,
  sidesOf,
  toDataUrl,
} from "../queues";
import { imageFieldOf, upstreamNameOf } from "../variant";
import type { VideoCall } from "./request";
import type { VideoReading, VideoWire } from "./wire";

const CARRIED: Carried = {
  fields: new Set(["model", "prompt", "seconds", "size", "input_reference", "user"]),
  neutral: {},
};

/** Queues take a shape and a number of lines where OpenAI takes pixels: 1280x720 is 16:9 with 720p. */
async function inputOf(call: VideoCall, upstreamModel: string, usualImageField: string): Promise<Json> {
  const { prompt, size, source } = call;
  const field = imageFieldOf(upstreamModel) ?? usualImageField;
  const image = await firstFrameOf(call);
  const [name, value] = field.endsWith("[]") ? [field.slice(0, -2), [image]] : [field, image];
  return {
    ...modelInput(source, CARRIED),
    prompt,
    ...(size === undefined
      ? {}
      : { aspect_ratio: aspectRatio(size), resolution: `${Math.min(...sidesOf(size))}p` }),
    ...(image === null ? {} : { [name]: value }),
  };
}

/** The image that a video begins with: a file of a form, or an address in JSON. */
async function firstFrameOf({ source }: VideoCall): Promise<string | null> {
  if (source.kind === "form") {
    const [file] = source.form.files("input_reference");
    return file ? toDataUrl(file) : null;
  }
  const { input_reference: reference } = source.body;
  return isObject(reference) ? textIn(reference.image_url) : null;
}

function check({ source }: VideoCall): void {
  modelInput(source, CARRIED);
  if (source.kind === "form") return;
  const { input_reference: reference } = source.body;
  if (reference != null && !(isObject(reference) && textIn(reference.image_url)))
    throw unsupported("input_reference", "a job takes a file, or the address of an image as `image_url`");
}

/** @param toDuration the length in seconds as the provider's models take it */
function queueVideos(
  queue: QueueWire,
  usualImageField: string,
  toDuration: (seconds: number) => unknown,
): VideoWire {
  return {
    check,
    create: async (call, upstreamModel) => {
      const input = await inputOf(call, upstreamModel, usualImageField);
      const duration = call.seconds === null ? {} : { duration: toDuration(call.seconds) };
      return queue.submit({ ...input, ...duration }, upstreamNameOf(upstreamModel));
    },
    read(bytes) {
      const reading = queue.read(bytes);
      return reading && toVideo(reading);
    },
    poll: queue.poll,
    ...(queue.result ? { result: queue.result } : {}),
    content: () => null,
    cancel: queue.cancel,
    readError: queue.readError,
  };
}

function toVideo({ urls, ...reading }: QueueReading): VideoReading {
  return { ...reading, url: urls[0] ?? null };
}

/** fal's models take the length as one of a few words. */
export const falVideos = queueVideos(falQueue, "image_url", String);
export const replicateVideos = queueVideos(replicateQueue, "image", (seconds) => seconds);
