import { isObject } from "@/server/protocols/fields";
import { type Protocol, ProtocolError, type Script } from "../script";
import { countTokens } from "../token-codec";
import { FAILURE, openaiError } from "./openai-error";

/** One grey pixel: a PNG that every viewer opens. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
const OUTPUT_TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1_056, high: 4_160 };
const INPUT_IMAGE_TOKENS = 323;

/** OpenAI's images: models named like its own count tokens, others are paid by the image and say nothing. */
export const imageGenerations: Protocol = {
  path: "/images/generations",
  answer: async ({ body, nowSeconds, url }) => draw(body, 0, nowSeconds, url),
  error: openaiError,
};

export const imageEdits: Protocol = {
  path: "/images/edits",
  async answer({ body, files, nowSeconds, url }) {
    const images = files.image?.length ?? 0;
    if (images === 0) throw new ProtocolError("Missing 'image'.");
    return draw(body, images, nowSeconds, url);
  },
  error: openaiError,
};

async function draw(body: unknown, inputImages: number, created: number, url: string): Promise<Script> {
  if (!isObject(body) || typeof body.prompt !== "string") throw new ProtocolError("Missing 'prompt'.");
  const count = Number(body.n ?? 1);
  const image = body.response_format === "url" ? { url: `${url}/simulated.png` } : { b64_json: PIXEL };
  const answer = {
    created,
    data: Array.from({ length: count }, () => image),
    ...(String(body.model).includes("gpt-image") ? { usage: await usageOf(body, inputImages, count) } : {}),
  };
  return { kind: "whole", status: 200, body: JSON.stringify(answer), tokens: 1, failure: FAILURE };
}

async function usageOf(body: Readonly<Record<string, unknown>>, inputImages: number, count: number) {
  const text = await countTokens(String(body.prompt));
  const image = inputImages * INPUT_IMAGE_TOKENS;
  const output = count * (OUTPUT_TOKENS[String(body.quality)] ?? OUTPUT_TOKENS.medium ?? 0);
  return {
    input_tokens: text + image,
    input_tokens_details: { text_tokens: text, image_tokens: image },
    output_tokens: output,
    total_tokens: text + image + output,
  };
}
