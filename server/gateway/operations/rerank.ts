import { NO_TOKENS } from "@/server/protocols/cost";
import {
  parseRerank,
  type RerankCall,
  readRerank,
  renderRerank,
  searchBound,
  toRerankBody,
} from "@/server/protocols/rerank";
import type { Answer, Candidate } from "../operation";
import { COMPLETE, jsonAnswer, jsonExchange, plainApi, unlessOpenai } from "./plain";
import { hasPriceOf } from "./price-basis";

/** `POST rerank`: priced by the search (Cohere) or by the token (Jina), whichever the endpoint has a price for. */
export const rerankApi = plainApi("rerank", "rerank", (bytes) => {
  const call = parseRerank(bytes);
  return {
    model: call.model,
    body: call.body,
    // Each document is read together with the query.
    promptText: call.documents.map((document) => `${call.query}\n${document}`).join("\n"),
    extraTokens: call.documents.length * 8,
    unitsFor: (version) => (hasPriceOf(version, "search") ? { search: searchBound(call) } : {}),
    refusal: (candidate) => unlessOpenai(candidate, "reranking", ["cohere"]),
    exchange: (candidate, { model }) =>
      jsonExchange("/rerank", toRerankBody(call, candidate.upstreamModel), (answered) =>
        readAnswer(answered, call, candidate, model),
      ),
  };
});

function readAnswer(bytes: Uint8Array, call: RerankCall, candidate: Candidate, model: string): Answer | null {
  const answer = readRerank(bytes, call);
  if (!answer) return null;
  const isBySearch = hasPriceOf(candidate.priceVersion, "search");
  const searches = answer.searches === null ? searchBound(call) : BigInt(answer.searches);
  return {
    usage: isBySearch ? NO_TOKENS : answer.usage === NO_TOKENS ? null : answer.usage,
    ...(isBySearch ? { units: { search: searches } } : {}),
    rawUsage: answer.body.meta ?? answer.body.usage ?? null,
    finishReason: COMPLETE,
    generatedText: () => "",
    render: (final) => jsonAnswer(renderRerank(call, answer, model, final)),
  };
}
