import type { InboundDialect, OutboundDialect } from "../model";
import { readError, toErrorBody } from "../openai-chat/errors";
import { RESPONSES_CARRIES, RESPONSES_FIELDS } from "./carries";
import { passThroughResponses } from "./pass-through";
import { createResponsesReader } from "./reader";
import { parseResponsesRequest, type ResponsesCall } from "./request";
import { toSameResponsesBody } from "./same-body";
import { toResponsesBody } from "./to-body";
import { fromSameResponse, readWholeResponse } from "./whole";
import { createResponsesWriter, toWholeResponse } from "./writer";

export { parseResponsesRequest, type ResponsesCall, withHistory, withoutStore } from "./request";
export { inputItemPage, responseOfAnswer, toStoredInput } from "./stored";

/** OpenAI's Responses API, the client's side: https://platform.openai.com/docs/api-reference/responses */
export const inbound: InboundDialect = {
  name: "openai-responses",
  carries: RESPONSES_FIELDS,
  parse: parseResponsesRequest,
  writer: createResponsesWriter,
  toWhole: toWholeResponse,
  fromSame: fromSameResponse,
  errorBody: toErrorBody,
  passThrough: passThroughResponses,
};

/** The provider's side: OpenAI itself, and others that serve the same path. */
export const outbound: OutboundDialect = {
  name: "openai-responses",
  carries: RESPONSES_CARRIES,
  path: () => "/responses",
  headers: () => ({}),
  toBody: toResponsesBody,
  toSameBody: (call, options) => toSameResponsesBody(call as ResponsesCall, options),
  reader: createResponsesReader,
  readWhole: readWholeResponse,
  readError,
};
