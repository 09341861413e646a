import { keepPrompt } from "@/server/prompts";
import type { Authenticated, GatewayDeps, GatewayResponse } from "../types";

/** More than is kept of an answer is not copied either. */
const MAX_COPIED_BYTES = 1_024 * 1_024;
const TEXT = /^(application\/json|text\/)/;

/**
 * Keeps prompt and answer for organizations whose policy turned that on, and touches nothing for all others. Only of
 * requests that were admitted and answered as text. It never delays or fails an answer.
 */
export async function withPromptLog(
  deps: GatewayDeps,
  authenticated: Authenticated,
  answer: (authenticated: Authenticated) => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  const { promptLogging } = authenticated.access;
  if (!promptLogging.enabled) return answer(authenticated);
  let prompt: Uint8Array = new Uint8Array();
  const { request } = authenticated;
  const response = await answer({
    ...authenticated,
    request: {
      ...request,
      header: (name) => request.header(name),
      readBody: async () => {
        prompt = await request.readBody();
        return prompt;
      },
    },
  });
  const id = response.headers["x-generation-id"];
  const isText = TEXT.test(response.headers["content-type"] ?? "");
  if (id === undefined || !isText || !isJsonRequest(request.header("content-type"))) return response;
  const keep = (chunks: readonly Uint8Array[]) =>
    request.waitUntil(
      keepPrompt(deps.db, deps.clock, {
        id,
        organizationId: authenticated.key.organizationId,
        prompt: Buffer.from(prompt).toString("utf8"),
        answer: Buffer.concat(chunks).toString("utf8"),
        retentionDays: promptLogging.retentionDays,
      }).catch((reason: unknown) =>
        deps.log.error({ id, reason: reason instanceof Error ? reason.name : "unknown" }, "prompt not kept"),
      ),
    );
  const { body } = response;
  if (body === null || body instanceof Uint8Array) {
    keep(body ? [body] : []);
    return response;
  }
  return { ...response, body: copied(body, keep) };
}

/** The SDKs say JSON; a form carries files, which are not kept. */
function isJsonRequest(contentType: string | undefined): boolean {
  return contentType === undefined || contentType.startsWith("application/json");
}

/** The stream as it is; what passed is handed over once, at its end or when its reader leaves. */
function copied(
  body: AsyncIterable<Uint8Array>,
  keep: (chunks: readonly Uint8Array[]) => void,
): AsyncIterable<Uint8Array> {
  const inner = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isDone = false;
  const end = () => {
    if (isDone) return;
    isDone = true;
    keep(chunks);
  };
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const step = await inner.next();
        if (step.done) end();
        else if (size < MAX_COPIED_BYTES) {
          chunks.push(step.value);
          size += step.value.length;
        }
        return step;
      },
      async return() {
        const step = (await inner.return?.()) ?? { done: true as const, value: undefined };
        end();
        return step;
      },
    }),
  };
}
