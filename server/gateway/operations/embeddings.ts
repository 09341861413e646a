import { AppError, toAppError } from "@/server/platform/errors";
import {
  cohereEmbeddings,
  type EmbeddingsCall,
  type EmbeddingsWire,
  openaiEmbeddings,
  parseEmbeddings,
  renderEmbeddings,
} from "@/server/protocols/embeddings";
import { quirksOf } from "@/server/providers";
import type { Candidate, Exchange, Terms } from "../operation";
import { COMPLETE, jsonAnswer, jsonExchange, plainApi } from "./plain";

const WIRES: Readonly<Partial<Record<Candidate["provider"]["kind"], EmbeddingsWire>>> = {
  "openai-compatible": openaiEmbeddings,
  "openai-responses": openaiEmbeddings,
  cohere: cohereEmbeddings,
};

/** `POST embeddings`. */
export const embeddingsApi = plainApi("embeddings", "embeddings", (bytes) => {
  const call = parseEmbeddings(bytes);
  const { inputs } = call;
  return {
    model: call.model,
    body: call.body,
    promptText: inputs.kind === "texts" ? inputs.texts.join("\n") : "",
    extraTokens: inputs.kind === "tokens" ? inputs.count : inputs.texts.length * 4,
    refusal(candidate) {
      try {
        toBody(call, candidate);
        return null;
      } catch (thrown) {
        return toAppError(thrown);
      }
    },
    exchange: (candidate, terms) => toExchange(call, candidate, terms),
  };
});

function toBody(call: EmbeddingsCall, candidate: Candidate): { wire: EmbeddingsWire; body: string } {
  const wire = WIRES[candidate.provider.kind];
  if (!wire)
    throw new AppError("no_available_provider", { message: "The provider of this model has no embeddings." });
  const canSendBase64 = quirksOf(candidate.provider).base64Embeddings === true;
  return { wire, body: wire.toBody(call, candidate.upstreamModel, canSendBase64) };
}

function toExchange(call: EmbeddingsCall, candidate: Candidate, { model }: Terms): Exchange {
  const { wire, body } = toBody(call, candidate);
  return jsonExchange(wire.path, body, (bytes) => {
    const answer = wire.read(bytes);
    return (
      answer && {
        usage: answer.usage,
        rawUsage: answer.rawUsage,
        finishReason: COMPLETE,
        generatedText: () => "",
        render: (final) => jsonAnswer(renderEmbeddings(call, answer, model, final)),
      }
    );
  });
}
