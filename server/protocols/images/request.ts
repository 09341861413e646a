import { invalid, modelOf, optionalInteger, optionalText, parseObject, unsupported } from "../fields";
import type { FormReading } from "../form";

/** A wish for images: from a text, or from a text and images. */
export interface ImageCall {
  readonly model: string;
  readonly prompt: string;
  readonly count: number;
  /** As the client wrote them; undefined when left to the provider. */
  readonly size: string | undefined;
  readonly quality: string | undefined;
  /** `url` or `b64_json`; undefined when left to the provider. */
  readonly responseFormat: string | undefined;
  /** Images that are edited. */
  readonly inputImages: number;
  readonly source:
    | { readonly kind: "json"; readonly body: Readonly<Record<string, unknown>> }
    | { readonly kind: "form"; readonly form: FormReading };
}

const MAX_IMAGES = 10;
const MAX_INPUT_IMAGES = 16;

/** @throws AppError invalid_json, invalid_request, unsupported_parameter */
export function parseImageGeneration(bytes: Uint8Array): ImageCall {
  const body = parseObject(bytes);
  if (body.stream === true) throw unsupported("stream", "images are answered as a whole");
  return {
    model: modelOf(body),
    prompt: promptIn(body.prompt),
    count: optionalInteger(body, "n", 1, MAX_IMAGES) ?? 1,
    size: optionalText(body, "size"),
    quality: optionalText(body, "quality"),
    responseFormat: optionalText(body, "response_format"),
    inputImages: 0,
    source: { kind: "json", body },
  };
}

/** @throws AppError invalid_request, unsupported_parameter */
export function parseImageEdit(form: FormReading): ImageCall {
  if (form.text("stream") === "true") throw unsupported("stream", "images are answered as a whole");
  const images = form.files("image");
  if (images.length === 0) throw invalid("image", "must be a file, or several");
  if (images.length > MAX_INPUT_IMAGES) throw invalid("image", `may be at most ${MAX_INPUT_IMAGES} files`);
  const n = form.text("n");
  const count = n === undefined ? 1 : Number(n);
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_IMAGES)
    throw invalid("n", `must be a whole number from 1 to ${MAX_IMAGES}`);
  return {
    model: modelOf({ model: form.text("model") }),
    prompt: promptIn(form.text("prompt")),
    count,
    size: form.text("size"),
    quality: form.text("quality"),
    responseFormat: form.text("response_format"),
    inputImages: images.length + form.files("mask").length,
    source: { kind: "form", form },
  };
}

function promptIn(prompt: unknown): string {
  if (typeof prompt !== "string" || prompt === "") throw invalid("prompt", "must be a text");
  return prompt;
}

/** Output tokens of one image at most, by OpenAI's table for its image models; the dearest size of each quality. */
const TOKENS_BY_QUALITY: Readonly<Record<string, number>> = { low: 408, medium: 1_584, high: 6_240 };
const MOST_TOKENS = 6_240;

export function imageTokenBound({ count, quality }: ImageCall): bigint {
  return BigInt(count * (TOKENS_BY_QUALITY[quality ?? ""] ?? MOST_TOKENS));
}

/** Tokens of one image that goes in, at high fidelity. */
const MOST_INPUT_TOKENS = 8_192;

export function inputImageTokenBound({ inputImages }: ImageCall): number {
  return inputImages * MOST_INPUT_TOKENS;
}
