import { countIn, isObject, readObject, textIn, unsupported } from "../fields";
import { countedUsage } from "../model";
import type { EmbeddingsWire } from "./response";

/**
 * Cohere's embed, version 2. `input_type` is Cohere's own and is taken from the body where a client sends it; without it,
 * texts are embedded as documents to be searched. Source: https://docs.cohere.com/reference/embed
 */
export const cohereEmbeddings: EmbeddingsWire = {
  path: "/embed",
  toBody({ inputs, dimensions, body }, model) {
    if (inputs.kind === "tokens") throw unsupported("input", "Cohere takes texts, not tokens");
    return JSON.stringify({
      model,
      texts: inputs.texts,
      input_type: textIn(body.input_type) ?? "search_document",
      embedding_types: ["float"],
      ...(dimensions === null ? {} : { output_dimension: dimensions }),
    });
  },
  read(bytes) {
    const body = readObject(bytes);
    const vectors = isObject(body?.embeddings) ? body.embeddings.float : undefined;
    if (!Array.isArray(vectors) || !vectors.every(Array.isArray)) return null;
    const meta = isObject(body?.meta) && isObject(body.meta.billed_units) ? body.meta.billed_units : {};
    const tokens = countIn(meta.input_tokens);
    return {
      body: {},
      vectors,
      usage: tokens === null ? null : countedUsage(tokens, 0),
      rawUsage: tokens === null ? null : { prompt_tokens: tokens, total_tokens: tokens },
    };
  },
};
