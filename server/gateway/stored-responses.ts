import { AppError } from "@/server/platform/errors";
import { inputItemPage } from "@/server/protocols/openai-responses";
import { deleteResponse, listInputItems, readResponse } from "@/server/responses";
import { toJsonAnswer } from "./answers";
import { authenticateReader } from "./introspection";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

type Handler = (deps: GatewayDeps, request: GatewayRequest, requestId: string) => Promise<GatewayResponse>;

/** What can be done with a kept response, by path: `/responses/{id}`, `/responses/{id}/input_items`, `/responses/{id}/cancel`. */
export function responseRoutes(path: string): Readonly<Record<string, Handler>> | undefined {
  const [, id, part] = /^\/responses\/([^/]+)(?:\/(input_items|cancel))?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (part === "input_items") return { GET: inputItems(id) };
  if (part === "cancel") return { POST: cancel(id) };
  return { GET: retrieve(id), DELETE: remove(id) };
}

const retrieve =
  (id: string): Handler =>
  async (deps, request, requestId) => {
    const { key } = await authenticateReader(deps, request, requestId);
    if (request.query.get("stream") === "true") {
      throw new AppError("invalid_request", {
        message:
          "Only a response that runs in the background can be streamed again, and there are none here.",
        param: "stream",
      });
    }
    return toJsonAnswer(await readResponse(deps.db, key, id, deps.clock.nowMs()), requestId);
  };

const remove =
  (id: string): Handler =>
  async (deps, request, requestId) => {
    const { key } = await authenticateReader(deps, request, requestId);
    await deleteResponse(deps.db, key, id, deps.clock.nowMs());
    return toJsonAnswer({ id, object: "response", deleted: true }, requestId);
  };

const inputItems =
  (id: string): Handler =>
  async (deps, request, requestId) => {
    const { key } = await authenticateReader(deps, request, requestId);
    const items = await listInputItems(deps.db, key, id, deps.clock.nowMs());
    return toJsonAnswer(inputItemPage(items, request.query), requestId);
  };

/** OpenAI's answer for a response that did not run in the background, which none does here. */
const cancel =
  (id: string): Handler =>
  async (deps, request, requestId) => {
    const { key } = await authenticateReader(deps, request, requestId);
    await readResponse(deps.db, key, id, deps.clock.nowMs());
    throw new AppError("invalid_request", {
      message: "Cannot cancel a synchronous response. End the request instead.",
      param: "id",
    });
  };
