import { NO_TOKENS, usageWithCost } from "../cost";
import {
  countIn,
  invalid,
  isObject,
  modelOf,
  objectsIn,
  optionalBoolean,
  optionalInteger,
  parseObject,
  readObject,
} from "../fields";
import { countedUsage, type FinalUsage, type TokenUsage } from "../model";
import { forwardable } from "../own-fields";

/** Rerank as Cohere and Jina have it: https://docs.cohere.com/reference/rerank, https://jina.ai/reranker */
export interface RerankCall {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: string;
  readonly documents: readonly string[];
  readonly returnDocuments: boolean;
}

const MAX_DOCUMENTS = 10_000;

/** @throws AppError invalid_json, invalid_request */
export function parseRerank(bytes: Uint8Array): RerankCall {
  const body = parseObject(bytes);
  const { query, documents } = body;
  if (typeof query !== "string" || query === "") throw invalid("query", "must be a text");
  if (!Array.isArray(documents) || documents.length === 0)
    throw invalid("documents", "must be a list with at least one document");
  if (documents.length > MAX_DOCUMENTS)
    throw invalid("documents", `may have at most ${MAX_DOCUMENTS} entries`);
  optionalInteger(body, "top_n", 1, Number.MAX_SAFE_INTEGER);
  return {
    model: modelOf(body),
    body,
    query,
    documents: documents.map((document: unknown, index) => {
      const text = isObject(document) ? document.text : document;
      if (typeof text === "string") return text;
      throw invalid(`documents[${index}]`, "must be a text, or an object with a text");
    }),
    returnDocuments: optionalBoolean(body, "return_documents") ?? false,
  };
}

/** Documents go out as texts, and what is told of them comes from the request: not every provider sends them back. */
export function toRerankBody(call: RerankCall, model: string): string {
  const { return_documents: _ours, ...body } = forwardable(call.body);
  return JSON.stringify({ ...body, model, documents: call.documents });
}

/** A search unit covers this many documents; a document beyond this many tokens counts as several. */
const DOCUMENTS_PER_SEARCH = 100;
const TOKENS_PER_DOCUMENT = 500;

/** The most search units that Cohere can bill. A token is at least one byte, and the query is part of every piece. */
export function searchBound({ documents, query }: RerankCall): bigint {
  const room = Math.max(1, TOKENS_PER_DOCUMENT - Buffer.byteLength(query));
  const pieces = documents.reduce(
    (sum, text) => sum + Math.max(1, Math.ceil(Buffer.byteLength(text) / room)),
    0,
  );
  return BigInt(Math.ceil(pieces / DOCUMENTS_PER_SEARCH));
}

export interface RerankAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[];
  readonly usage: TokenUsage | null;
  /** Search units that the provider bills; null when it does not say. */
  readonly searches: number | null;
}

/** Null when the bytes are no answer to this call. */
export function readRerank(bytes: Uint8Array, call: RerankCall): RerankAnswer | null {
  const body = readObject(bytes);
  if (!Array.isArray(body?.results)) return null;
  const results = objectsIn(body.results).flatMap(({ index, relevance_score: score }) =>
    typeof index === "number" && index in call.documents && typeof score === "number"
      ? [{ index, relevance_score: score }]
      : [],
  );
  if (results.length !== body.results.length) return null;
  const billed = isObject(body.meta) && isObject(body.meta.billed_units) ? body.meta.billed_units : {};
  const usage = isObject(body.usage) ? body.usage : {};
  const tokens = countIn(usage.total_tokens) ?? countIn(usage.prompt_tokens) ?? countIn(billed.input_tokens);
  const searches = countIn(billed.search_units);
  return {
    body,
    results,
    usage: tokens === null ? (searches === null ? null : NO_TOKENS) : countedUsage(tokens, 0),
    searches,
  };
}

export function renderRerank(
  call: RerankCall,
  answer: RerankAnswer,
  model: string,
  final: FinalUsage | null,
) {
  return {
    ...answer.body,
    object: "list",
    model,
    results: answer.results.map((result) =>
      call.returnDocuments ? { ...result, document: { text: call.documents[result.index] } } : result,
    ),
    usage: usageWithCost(answer.body.usage, final),
  };
}
