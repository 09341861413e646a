import { type Json, unsupported } from "../fields";
import {
  aspectRatio,
  type Carried,
  falQueue,
  modelInput,
  type QueueWire,
  replicateQueue,
  sidesOf,
  toDataUrl,
} from "../queues";
import { imageFieldOf, isVariantBy } from "../variant";
import type { ImageCall } from "./request";

/** How a family of queues makes images. */
export interface ImageQueue {
  readonly queue: QueueWire;
  /** @throws AppError unsupported_parameter naming what its jobs cannot carry */
  check(call: ImageCall, upstreamModel: string): void;
  /** The input of the job. */
  toInput(call: ImageCall, upstreamModel: string): Promise<Json>;
}

const FIELDS = ["model", "prompt", "n", "size", "image", "mask", "response_format", "output_format"] as const;
/** `user` is for the abuse checks of OpenAI, which jobs have none of; it is dropped. */
const CARRIED: Carried = {
  fields: new Set([...FIELDS, "user"]),
  neutral: {
    quality: ["auto", "standard"],
    style: ["vivid"],
    background: ["auto"],
    moderation: ["auto"],
    stream: [false, "false"],
  },
};
const SIZE = /^\d{2,5}x\d{2,5}$/;

/** fal's models take a size in pixels or as a shape, each one of them; what they do not know they pass over. */
export const falImages: ImageQueue = {
  queue: falQueue,
  check,
  async toInput(call, upstreamModel) {
    const size = sizeOf(call);
    const [width, height] = sidesOf(size ?? "");
    return {
      ...modelInput(call.source, carriedBy(upstreamModel)),
      prompt: call.prompt,
      ...(call.count > 1 ? { num_images: call.count } : {}),
      ...(size === null ? {} : { image_size: { width, height }, aspect_ratio: aspectRatio(size) }),
      ...formatOf(call, "jpeg"),
      ...(await imagesOf(call, imageFieldOf(upstreamModel) ?? "image_url", "mask_url")),
    };
  },
};

/** Replicate refuses what a model does not know, so nothing is sent that was not asked for. */
export const replicateImages: ImageQueue = {
  queue: replicateQueue,
  check,
  async toInput(call, upstreamModel) {
    const size = sizeOf(call);
    return {
      ...modelInput(call.source, carriedBy(upstreamModel)),
      prompt: call.prompt,
      ...(call.count > 1 ? { num_outputs: call.count } : {}),
      ...(size === null ? {} : { aspect_ratio: aspectRatio(size) }),
      ...formatOf(call, "jpg"),
      ...(await imagesOf(call, imageFieldOf(upstreamModel) ?? "image", "mask")),
    };
  },
};

function check(call: ImageCall, upstreamModel: string): void {
  modelInput(call.source, carriedBy(upstreamModel));
  if (call.size !== undefined && call.size !== "auto" && !SIZE.test(call.size))
    throw unsupported("size", "it has to be a width and a height, as in 1024x1024");
  const isList = imageFieldOf(upstreamModel)?.endsWith("[]");
  if (filesOf(call, "image").length > 1 && !isList) throw unsupported("image", "this model takes one image");
}

/** A variant by quality is the quality that was asked for. */
function carriedBy(upstreamModel: string): Carried {
  if (!isVariantBy(upstreamModel, "quality")) return CARRIED;
  return { ...CARRIED, fields: new Set([...CARRIED.fields, "quality"]) };
}

function sizeOf({ size }: ImageCall): string | null {
  return size !== undefined && SIZE.test(size) ? size : null;
}

function formatOf({ source }: ImageCall, jpeg: string): Json {
  const format = source.kind === "json" ? source.body.output_format : source.form.text("output_format");
  return format === undefined || format === null ? {} : { output_format: format === "jpeg" ? jpeg : format };
}

function filesOf({ source }: ImageCall, name: string): readonly File[] {
  return source.kind === "form" ? source.form.files(name) : [];
}

/** The images that are edited: one under the field's name, or a list where the name ends with `[]`. */
async function imagesOf(call: ImageCall, field: string, maskField: string): Promise<Json> {
  const images = await Promise.all(filesOf(call, "image").map(toDataUrl));
  const [mask] = await Promise.all(filesOf(call, "mask").map(toDataUrl));
  const masked = mask === undefined ? {} : { [maskField]: mask };
  if (images.length === 0) return {};
  return field.endsWith("[]")
    ? { [field.slice(0, -2)]: images, ...masked }
    : { [field]: images[0], ...masked };
}
