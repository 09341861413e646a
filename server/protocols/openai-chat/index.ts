import type { InboundDialect, OutboundDialect } from "../model";
import { CHAT_FIELDS, CHAT_TRAITS } from "./carries";
import { readError, toErrorBody } from "./errors";
import { readRequest } from "./from-request";
import { readWhole } from "./from-response";
import { reader } from "./from-stream";
import { passThrough } from "./pass-through";
import { toBody, toSameBody } from "./to-request";
import { fromSame, toWhole } from "./to-response";
import { writer } from "./to-stream";

/** OpenAI's chat completions, the wire that most clients and most providers speak. */
export const inbound: InboundDialect = {
  name: "openai-chat",
  carries: CHAT_FIELDS,
  parse: readRequest,
  writer,
  toWhole,
  fromSame,
  errorBody: toErrorBody,
  passThrough,
};

export const outbound: OutboundDialect = {
  name: "openai-chat",
  carries: CHAT_TRAITS,
  path: () => "/chat/completions",
  headers: () => ({}),
  toBody,
  toSameBody,
  reader,
  readWhole,
  readError,
};

export { readError, toErrorBody };
