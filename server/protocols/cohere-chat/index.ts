import { readObject, textIn } from "../fields";
import type { OutboundDialect } from "../model";
import { COHERE_CARRIES } from "./carries";
import { readCohereAnswer } from "./from-response";
import { createCohereReader } from "./from-stream";
import { toCohereBody } from "./to-request";

/** Cohere, chat of API version 2: https://docs.cohere.com/reference/chat */
export const outbound: OutboundDialect = {
  name: "cohere-chat",
  carries: COHERE_CARRIES,
  path: () => "/chat",
  headers: () => ({}),
  toBody: (conversation, options) => JSON.stringify(toCohereBody(conversation, options)),
  toSameBody: (call, { model, stream, outputTokens }) =>
    JSON.stringify({ ...call.body, model, stream, max_tokens: outputTokens }),
  reader: createCohereReader,
  readWhole: readCohereAnswer,
  readError: (bytes) => ({ message: textIn(readObject(bytes)?.message), param: null }),
};
