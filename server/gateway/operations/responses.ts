import { readPolicy } from "@/server/organizations";
import {
  inbound,
  parseResponsesRequest,
  type ResponsesCall,
  responseOfAnswer,
  toStoredInput,
  withHistory,
  withoutStore,
} from "@/server/protocols/openai-responses";
import { keepResponse, readHistory } from "@/server/responses";
import type { Api } from "../operation";
import type { Authenticated, GatewayDeps } from "../types";
import { conversationOperation } from "./conversation";

/**
 * OpenAI's Responses API: a conversation whose state is kept by us, so that any provider can go on with it. What a request
 * points at is written out before anybody is asked; the answer is kept before its end is sent, so that the next request
 * finds it.
 */
export const responsesApi: Api = {
  name: "responses",
  makes: "text",
  errorBody: inbound.errorBody,
  namesEvents: true,
  async read(authenticated, deps) {
    const asked = parseResponsesRequest(await authenticated.request.readBody());
    const { call, headers } = await applyRetention(deps, authenticated, asked);
    const whole = await writeOut(deps, authenticated, call);
    const operation = conversationOperation(authenticated, inbound, whole);
    return {
      ...operation,
      headers,
      ...(whole.store ? { beforeEnd: (end: Uint8Array) => keep(deps, authenticated, whole, end) } : {}),
    };
  },
};

/** An organization that wants nothing retained gets nothing stored; the answer says so in a header and in `store`. */
async function applyRetention(
  deps: GatewayDeps,
  { key, patience }: Authenticated,
  call: ResponsesCall,
): Promise<{ call: ResponsesCall; headers: Readonly<Record<string, string>> }> {
  if (!call.store) return { call, headers: {} };
  const { routing } = await patience.wait(readPolicy(deps.db, key.organizationId));
  return routing.zeroRetention
    ? { call: withoutStore(call), headers: { "x-gateway-store": "false" } }
    : { call, headers: {} };
}

/** @throws AppError previous_response_not_found, invalid_request, request_too_large */
async function writeOut(
  deps: GatewayDeps,
  { key, receivedAtMs, patience }: Authenticated,
  call: ResponsesCall,
): Promise<ResponsesCall> {
  if (call.previousResponseId === null && call.references.length === 0) return call;
  const { items, referenced } = await patience.wait(readHistory(deps.db, key, call, receivedAtMs));
  return withHistory(call, items, referenced);
}

/** An answer that cannot be kept, or not in time, is still an answer: it goes out, and a later request will be told that it is not there. */
async function keep(
  deps: GatewayDeps,
  { key, requestId, patience }: Authenticated,
  call: ResponsesCall,
  end: Uint8Array,
): Promise<void> {
  const response = responseOfAnswer(end, call.stream);
  if (!response) return;
  const kept = {
    organizationId: key.organizationId,
    projectId: key.projectId,
    id: response.id,
    previousId: call.previousResponseId,
    input: toStoredInput(call.input, response.id),
    response,
  };
  try {
    const isKept = await patience.wait(keepResponse(deps.db, kept, deps.clock.nowMs()));
    if (!isKept) deps.log.warn({ requestId }, "response is too large to be kept");
  } catch (reason) {
    deps.log.error({ requestId, reason: String(reason) }, "response was not kept");
  }
}
