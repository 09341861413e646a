import { countIn, isObject, objectsIn, readObject } from "../fields";
import { countedUsage } from "../model";
import { forwardable } from "../own-fields";
import type { EmbeddingsWire } from "./response";

export const openaiEmbeddings: EmbeddingsWire = {
  path: "/embeddings",
  toBody(call, model, canSendBase64) {
    const { encoding_format: _asked, ...body } = forwardable(call.body);
    return JSON.stringify({
      ...body,
      model,
      ...(canSendBase64 && call.encoding === "base64" ? { encoding_format: "base64" } : {}),
    });
  },
  read(bytes) {
    const body = readObject(bytes);
    if (!Array.isArray(body?.data) || body.data.length === 0) return null;
    const rows = objectsIn(body.data).sort((left, right) => Number(left.index) - Number(right.index));
    const vectors = rows.flatMap(({ embedding }) => (isVector(embedding) ? [embedding] : []));
    if (vectors.length !== body.data.length) return null;
    const usage = isObject(body.usage) ? body.usage : {};
    const tokens = countIn(usage.prompt_tokens) ?? countIn(usage.total_tokens);
    return {
      body,
      vectors,
      usage: tokens === null ? null : countedUsage(tokens, 0),
      rawUsage: body.usage ?? null,
    };
  },
};

function isVector(value: unknown): value is number[] | string {
  return (
    typeof value === "string" || (Array.isArray(value) && value.every((entry) => typeof entry === "number"))
  );
}
