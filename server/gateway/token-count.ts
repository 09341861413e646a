import { parseTokenCount, TOKEN_COUNT_HEADER } from "@/server/protocols/anthropic-messages";
import { toJsonAnswer } from "./answers";
import { authenticateReader } from "./introspection";
import { findModel } from "./models";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

/**
 * `POST messages/count_tokens`: counted here for every model, so it costs nothing and holds nothing. It needs a key, since
 * counting is work. @throws AppError invalid_api_key, invalid_json, invalid_request, model_not_found
 */
export async function tokenCountAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  await authenticateReader(deps, request, requestId);
  const call = parseTokenCount(await request.readBody());
  const model = await findModel(deps, call.model);
  const answer = toJsonAnswer({ input_tokens: await call.count(deps.countTokens, model.author) }, requestId);
  return { ...answer, headers: { ...answer.headers, "request-id": requestId, ...TOKEN_COUNT_HEADER } };
}
