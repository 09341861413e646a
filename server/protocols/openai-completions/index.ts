import { unsupported } from "../fields";
import type { InboundDialect, OutboundDialect } from "../model";
import { readError, toErrorBody } from "../openai-chat/errors";
import { passThroughChunks } from "../openai-chat/pass-through";
import { toSameBody } from "../openai-chat/to-request";
import { fromSame } from "../openai-chat/to-response";
import { COMPLETION_FIELDS, COMPLETION_TRAITS } from "./carries";
import { readRequest } from "./from-request";
import { readWhole } from "./from-response";
import { reader } from "./from-stream";
import { toFrame, toWhole } from "./to-response";
import { writer } from "./to-stream";

/** OpenAI's legacy completions: one text in, its continuation out. */
export const inbound: InboundDialect = {
  name: "openai-completions",
  carries: COMPLETION_FIELDS,
  parse: readRequest,
  writer,
  toWhole,
  fromSame,
  errorBody: toErrorBody,
  passThrough: (identity) =>
    passThroughChunks(identity, toFrame(identity), ({ text }) => (typeof text === "string" ? text : "")),
};

/** For providers that serve the legacy path beside chat completions: bytes pass through, nothing is translated to it. */
export const outbound: OutboundDialect = {
  name: "openai-completions",
  carries: COMPLETION_TRAITS,
  path: () => "/completions",
  headers: () => ({}),
  toBody() {
    throw unsupported("messages", "a completion continues one text and has no turns");
  },
  toSameBody,
  reader,
  readWhole,
  readError,
};
