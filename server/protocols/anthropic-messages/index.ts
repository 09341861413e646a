import type { InboundDialect, OutboundDialect, OutboundOptions } from "../model";
import { CARRIES_IN, CARRIES_OUT } from "./carries";
import { readErrorBody, toErrorBody } from "./errors";
import { createPassThrough } from "./pass-through";
import { createMessagesReader } from "./reader";
import { parseMessagesRequest, toSameBody } from "./request";
import { toMessagesBody } from "./to-body";
import { fromSame, readWhole, toWhole } from "./whole";
import { createMessagesWriter } from "./writer";

export { parseTokenCount, TOKEN_COUNT_HEADER } from "./count-tokens";

/** https://docs.anthropic.com/en/api/messages, as a client speaks it to us. */
export const inbound: InboundDialect = {
  name: "anthropic-messages",
  carries: CARRIES_IN,
  parse: parseMessagesRequest,
  writer: createMessagesWriter,
  toWhole,
  fromSame,
  errorBody: toErrorBody,
  passThrough: createPassThrough,
};

/** The same as we speak it to a provider. */
export const outbound: OutboundDialect = {
  name: "anthropic-messages",
  carries: CARRIES_OUT,
  path: () => "/messages",
  headers: versionHeaders,
  toBody: toMessagesBody,
  toSameBody,
  reader: createMessagesReader,
  readWhole,
  readError: readErrorBody,
};

/**
 * The newer version, 2026-10-21, refuses temperature, top_p and top_k. A client that speaks this protocol names its own
 * version; translated requests may carry any of the three and so use the version that knows them.
 */
const TRANSLATED_VERSION = "2023-06-01";
const VERSION = /^\d{4}-\d{2}-\d{2}$/;
const BETA = /^[\w.,: -]{1,1000}$/;

function versionHeaders({ header }: OutboundOptions): Record<string, string> {
  const version = header?.("anthropic-version") ?? "";
  const beta = header?.("anthropic-beta") ?? header?.("x-anthropic-beta") ?? "";
  return {
    "anthropic-version": VERSION.test(version) ? version : TRANSLATED_VERSION,
    ...(BETA.test(beta) ? { "anthropic-beta": beta } : {}),
  };
}
