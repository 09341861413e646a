import { usageWithCost } from "../cost";
import { countIn, isObject, objectsIn, readObject } from "../fields";
import type { FinalUsage, TokenUsage } from "../model";

export interface ImageAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly count: number;
  /** Tokens of models that count them; null for others. */
  readonly tokens: { readonly usage: TokenUsage; readonly imageInput: number } | null;
}

/** Null when the bytes are no answer with images in it. */
export function readImages(bytes: Uint8Array): ImageAnswer | null {
  const body = readObject(bytes);
  return body && imagesIn(body);
}

export function imagesIn(body: ImageAnswer["body"]): ImageAnswer | null {
  const images = objectsIn(body.data).filter(
    ({ url, b64_json }) => typeof url === "string" || typeof b64_json === "string",
  );
  if (images.length === 0) return null;
  return { body, count: images.length, tokens: readTokens(body.usage) };
}

/** Tokens of images that went in are apart from those of text: they have a price of their own. */
function readTokens(usage: unknown): ImageAnswer["tokens"] {
  if (!isObject(usage)) return null;
  const input = countIn(usage.input_tokens);
  const output = countIn(usage.output_tokens);
  if (input === null || output === null) return null;
  const details = isObject(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const imageInput = Math.min(input, countIn(details.image_tokens) ?? 0);
  const cachedInput = Math.min(input - imageInput, countIn(details.cached_tokens) ?? 0);
  return {
    imageInput,
    usage: {
      promptTokens: input,
      completionTokens: output,
      input: input - imageInput - cachedInput,
      cachedInput,
      cacheWrite: 0,
      cacheWrite1h: 0,
      audioInput: 0,
      output,
      reasoning: 0,
      audioOutput: 0,
      searches: 0,
    },
  };
}

/** @param addressOf our own address for one of the provider's, which ends when the provider says so */
export function renderImages(
  { body }: ImageAnswer,
  final: FinalUsage | null,
  addressOf: (url: string) => string,
): Record<string, unknown> {
  const data = objectsIn(body.data).map((image) =>
    typeof image.url === "string" ? { ...image, url: addressOf(image.url) } : image,
  );
  return { ...body, data, usage: usageWithCost(body.usage, final) };
}

const USUAL_PIXELS = 1_024 * 1_024;

/** Pixels of a size as `1024x1536`; of a usual one when it is left to the provider. */
export function pixelsOf(size: string | undefined): number {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size ?? "") ?? [];
  return width && height ? Number(width) * Number(height) : USUAL_PIXELS;
}
