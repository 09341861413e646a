import type { Json } from "../fields";
import type { AnswerIdentity, InboundCall } from "../model";
import type { ResponsesCall } from "./request";

/** The parts of a Responses request that say what is kept of it, and where. */
export function stateOf(call: InboundCall): {
  readonly store: boolean;
  readonly previousResponseId: string | null;
} {
  return isResponsesCall(call) ? call : { store: false, previousResponseId: null };
}

export function isResponsesCall(call: InboundCall): call is ResponsesCall {
  return call.dialect === "openai-responses";
}

/**
 * A provider's response object as the client may read it. The provider was told to keep nothing and knows no response
 * before this one, since both are our part: these two fields say what the client asked for. The same object when they do
 * already.
 */
export function amendResponse(response: Json, { call }: AnswerIdentity): Json {
  const { store, previousResponseId } = stateOf(call);
  if ((response.store ?? store) === store && (response.previous_response_id ?? null) === previousResponseId)
    return response;
  return { ...response, store, previous_response_id: previousResponseId };
}
