import { isObject } from "@/server/protocols/fields";
import { seedOf } from "../prose";
import { type Protocol, ProtocolError, type ProtocolRequest, type Script } from "../script";
import { countTokens } from "../token-codec";
import { FAILURE, openaiError } from "./openai-error";

const DIMENSIONS = 8;

/** OpenAI's embeddings. The vectors depend on the text alone; they are short, so that answers stay readable. */
export const embeddings: Protocol = {
  path: "/embeddings",
  async answer({ body, scenario }) {
    if (!isObject(body) || body.input === undefined) throw new ProtocolError("Missing 'input'.");
    const texts = textsOf(body.input);
    const tokens = await tokensOf(body.input, texts);
    const size = typeof body.dimensions === "number" ? body.dimensions : DIMENSIONS;
    const data = texts.map((text, index) => ({
      object: "embedding",
      index,
      embedding: encode(vectorOf(text, size), body.encoding_format),
    }));
    const usage =
      scenario.fault === "no-usage" ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
    return whole({ object: "list", data, model: body.model, ...usage });
  },
  error: openaiError,
};

/** Cohere's embed, version 2. */
export const cohereEmbed: Protocol = {
  path: "/embed",
  async answer({ body }) {
    const texts = isObject(body) && Array.isArray(body.texts) ? body.texts.map(String) : [];
    if (texts.length === 0) throw new ProtocolError("invalid request: texts");
    const counts = await Promise.all(texts.map(countTokens));
    return whole({
      id: "simulated",
      embeddings: { float: texts.map((text) => vectorOf(text, DIMENSIONS)) },
      meta: { billed_units: { input_tokens: counts.reduce((sum, count) => sum + count, 0) } },
    });
  },
  error: (_status, message) => JSON.stringify({ message }),
};

/** OpenAI's moderations: free, and nothing is ever flagged but the word itself. */
export const moderations: Protocol = {
  path: "/moderations",
  answer: async ({ body, id }) => {
    if (!isObject(body) || body.input === undefined) throw new ProtocolError("Missing 'input'.");
    const results = textsOf(body.input).map((text) => {
      const flagged = text.includes("flagged");
      return {
        flagged,
        categories: { violence: flagged },
        category_scores: { violence: flagged ? 0.9 : 0.01 },
      };
    });
    return whole({ id: `modr-${id}`, model: body.model, results });
  },
  error: openaiError,
};

/** Cohere's rerank: documents that share more words with the query come first. Search units as Cohere counts them. */
export const rerank: Protocol = {
  path: "/rerank",
  answer: async ({ body }: ProtocolRequest) => {
    const documents = isObject(body) && Array.isArray(body.documents) ? body.documents.map(String) : [];
    if (!isObject(body) || documents.length === 0) throw new ProtocolError("invalid request: documents");
    const words = new Set(String(body.query).toLowerCase().split(/\W+/));
    const scored = documents.map((text, index) => {
      const own = text.toLowerCase().split(/\W+/);
      return { index, relevance_score: own.filter((word) => words.has(word)).length / (own.length || 1) };
    });
    scored.sort((left, right) => right.relevance_score - left.relevance_score);
    const results = scored.slice(0, Number(body.top_n) || scored.length);
    const units = { search_units: Math.ceil(documents.length / 100) };
    return whole({ id: "simulated", results, meta: { billed_units: units } });
  },
  error: (_status, message) => JSON.stringify({ message }),
};

function whole(body: unknown): Script {
  return { kind: "whole", status: 200, body: JSON.stringify(body), tokens: 1, failure: FAILURE };
}

function textsOf(input: unknown): string[] {
  const list = Array.isArray(input) ? input : [input];
  if (list.every((entry) => typeof entry === "number")) return [list.join(" ")];
  return list.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry)));
}

async function tokensOf(input: unknown, texts: readonly string[]): Promise<number> {
  const list = Array.isArray(input) ? input.flat() : [];
  if (list.length > 0 && list.every((entry) => typeof entry === "number")) return list.length;
  const counts = await Promise.all(texts.map(countTokens));
  return counts.reduce((sum, count) => sum + count, 0);
}

function vectorOf(text: string, size: number): number[] {
  // Multiples of 1/256 are the same as 32-bit and as 64-bit floats.
  return Array.from({ length: size }, (_, index) => ((seedOf(`${index} ${text}`) % 512) - 256) / 256);
}

function encode(vector: readonly number[], format: unknown): string | readonly number[] {
  if (format !== "base64") return vector;
  return Buffer.from(new Float32Array(vector).buffer).toString("base64");
}
