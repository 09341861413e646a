import { usageWithCost } from "../cost";
import type { FinalUsage, TokenUsage } from "../model";
import type { EmbeddingsCall } from "./request";

/** A provider's vectors: as floats or as base64 of little-endian 32-bit floats, whichever it sent. */
export interface EmbeddingsAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly vectors: readonly (readonly number[] | string)[];
  readonly usage: TokenUsage | null;
  readonly rawUsage: unknown;
}

/** How a family of providers is asked for embeddings. */
export interface EmbeddingsWire {
  readonly path: string;
  /** @param canSendBase64 the provider is known to have that encoding @throws AppError unsupported_parameter */
  toBody(call: EmbeddingsCall, model: string, canSendBase64: boolean): string;
  /** Null when the bytes are no answer of this wire, or not one for every input. */
  read(bytes: Uint8Array): EmbeddingsAnswer | null;
}

/** The answer in the encoding that the client asked for, whatever the provider sent. */
export function renderEmbeddings(
  call: EmbeddingsCall,
  answer: EmbeddingsAnswer,
  model: string,
  final: FinalUsage | null,
): Record<string, unknown> {
  const tokens = final?.usage.promptTokens ?? 0;
  return {
    ...answer.body,
    object: "list",
    data: answer.vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: call.encoding === "base64" ? toBase64(vector) : toFloats(vector),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens, ...usageWithCost(answer.rawUsage, final) },
  };
}

const FLOAT_BYTES = 4;

function toBase64(vector: readonly number[] | string): string {
  if (typeof vector === "string") return vector;
  const bytes = Buffer.alloc(vector.length * FLOAT_BYTES);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * FLOAT_BYTES);
  });
  return bytes.toString("base64");
}

function toFloats(vector: readonly number[] | string): readonly number[] {
  if (typeof vector !== "string") return vector;
  const bytes = Buffer.from(vector, "base64");
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, index) =>
    bytes.readFloatLE(index * FLOAT_BYTES),
  );
}
