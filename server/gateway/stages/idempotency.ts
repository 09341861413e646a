import {
  claim,
  hashRequest,
  MAX_KEY_LENGTH,
  MAX_STORED_BYTES,
  nameGeneration,
  release,
  storeAnswer,
} from "@/server/idempotency";
import { readKeyState } from "@/server/keys";
import { AppError } from "@/server/platform/errors";
import type { Api } from "../operation";
import type { Authenticated, GatewayDeps, GatewayResponse } from "../types";

/** Said of one answer only, not of the request it answers. */
const NEVER_REPLAYED = /^(x-request-id|request-id|openai-processing-ms|(x|anthropic)-ratelimit-.*)$/;
const STREAM = "text/event-stream";

type Run = Parameters<typeof storeAnswer>[1];

/**
 * Charge once: a request that names an `Idempotency-Key` runs once, and its repeats get the stored answer. What failed without
 * a charge gives the key free. Requests without the header pass straight through.
 * @throws AppError invalid_request (header), idempotency_conflict, conflict (the first is still running)
 */
export async function once(
  deps: GatewayDeps,
  api: Api,
  authenticated: Authenticated,
  answer: (authenticated: Authenticated) => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  const { request, requestId, key, patience } = authenticated;
  const idempotencyKey = request.header("idempotency-key");
  if (idempotencyKey === undefined) return answer(authenticated);
  requireKey(idempotencyKey);
  const body = await request.readBody();
  const { organizationId, keyId } = key;
  const name = { organizationId, keyId, idempotencyKey, requestHash: hashRequest(request.path, body) };
  const claiming = claim(deps.pool, name, Math.ceil(deps.limits.maxDurationMs / 1_000) + 60);
  const claimed = await patience.wait(claiming).catch((tooLate: unknown) => {
    request.waitUntil(giveFree(deps, name, claiming));
    throw tooLate;
  });
  if (claimed.kind === "conflict") throw otherBody();
  if (claimed.kind === "running") throw stillRunning(claimed.generationId);
  if (claimed.kind === "stored") {
    await patience.wait(requireUsableKey(deps, keyId));
    return replay(api, requestId, claimed);
  }
  const run: Run = { ...name, run: claimed.run };
  const marked: Authenticated = {
    ...authenticated,
    request: { ...request, header: request.header, readBody: async () => body },
    onAdmitted: (generationId) => nameGeneration(deps.pool, run, generationId),
  };
  return record(deps, api, run, authenticated, () => answer(marked));
}

/** A claim that came too late for its request: another try must not find it running. */
async function giveFree(
  deps: GatewayDeps,
  name: Omit<Run, "run">,
  claiming: ReturnType<typeof claim>,
): Promise<void> {
  const claimed = await claiming.catch(() => null);
  if (claimed?.kind !== "run") return;
  await release(deps.pool, { ...name, run: claimed.run }).catch(() => undefined);
}

/**
 * Keeps an answer that was charged for; gives the key free when there was none. An answer, or a refusal, waits for either only
 * as long as a request waits for our stores: it goes on behind it.
 */
async function record(
  deps: GatewayDeps,
  api: Api,
  run: Run,
  { requestId, patience }: Authenticated,
  work: () => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  const giveUp = () => patience.wait(release(deps.pool, run)).catch(() => undefined);
  let response: GatewayResponse;
  try {
    response = await work();
  } catch (refusal) {
    await giveUp();
    throw refusal;
  }
  const { status, body } = response;
  if (status !== 200 || body === null) {
    await giveUp();
    return response;
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).filter(([name]) => !NEVER_REPLAYED.test(name)),
  );
  const store = (bytes: Buffer) => {
    const kept = bytes.length > MAX_STORED_BYTES ? null : bytes;
    return patience
      .wait(storeAnswer(deps.pool, run, { status, headers, body: kept }))
      .catch((reason: unknown) =>
        deps.log.error({ requestId, reason: String(reason) }, "idempotent answer not stored"),
      );
  };
  if (body instanceof Uint8Array) {
    await store(Buffer.from(body));
    return response;
  }
  const frame = `data: ${JSON.stringify(api.errorBody(truncated(), requestId))}\n\n`;
  const cutOff = Buffer.from(api.namesEvents ? `event: error\n${frame}` : frame);
  return { ...response, body: recorded(body, cutOff, store, giveUp) };
}

/** The stream as it is, with a copy kept. A client that leaves early leaves a copy that says so at its end. */
function recorded(
  body: AsyncIterable<Uint8Array>,
  cutOff: Buffer,
  store: (bytes: Buffer) => Promise<void>,
  giveUp: () => Promise<void>,
): AsyncIterable<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isDone = false;
  let isLeft = false;
  const end = async () => {
    if (isDone) return;
    isDone = true;
    if (size === 0) await giveUp();
    else await store(Buffer.concat(isLeft ? [...chunks, cutOff] : chunks));
  };
  const inner = body[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const step = await inner.next();
        if (step.done) await end();
        else {
          size += step.value.length;
          // One byte too many is kept, so that the whole is seen to be too large.
          if (size <= MAX_STORED_BYTES || chunks.length === 0) chunks.push(step.value);
          else chunks.push(step.value.subarray(0, 1));
        }
        return step;
      },
      async return() {
        // Said first: a read that is under way ends with it, and must not take that for the answer's own end.
        isLeft = true;
        const step = (await inner.return?.()) ?? { done: true as const, value: undefined };
        await end();
        return step;
      },
    }),
  };
}

function replay(
  api: Api,
  requestId: string,
  { answer, generationId }: Extract<Awaited<ReturnType<typeof claim>>, { kind: "stored" }>,
): GatewayResponse {
  if (answer.body === null) {
    throw new AppError("conflict", {
      message:
        "This request was answered and charged before, and its answer was too large to be kept. It was not run again.",
      metadata: { generation_id: generationId },
    });
  }
  const isStream = answer.headers["content-type"]?.startsWith(STREAM);
  const headers = {
    ...answer.headers,
    ...api.headers?.(requestId),
    "x-request-id": requestId,
    "x-idempotent-replayed": "true",
  };
  return { status: answer.status, headers, body: isStream ? single(answer.body) : answer.body };
}

async function* single(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes;
}

function requireKey(idempotencyKey: string): void {
  if (/^[\x21-\x7e]{1,}$/.test(idempotencyKey) && idempotencyKey.length <= MAX_KEY_LENGTH) return;
  throw new AppError("invalid_request", {
    message: `\`Idempotency-Key\` has 1 to ${MAX_KEY_LENGTH} visible ASCII characters without spaces.`,
    param: "Idempotency-Key",
  });
}

/** A stored answer reserves no money, so the key's state is asked here. @throws AppError invalid_api_key, permission_denied */
async function requireUsableKey(deps: GatewayDeps, keyId: string): Promise<void> {
  const state = await readKeyState(deps.db, keyId);
  if (state?.status !== "active")
    throw new AppError("invalid_api_key", {
      message: "This API key is not valid. It may be unknown, revoked or expired.",
    });
  if (state.isOrganizationSuspended)
    throw new AppError("permission_denied", {
      message: "This organization is suspended. Please contact support.",
    });
}

function otherBody(): AppError {
  return new AppError("idempotency_conflict", {
    message: "This `Idempotency-Key` was used with another body. Use a new key for a new request.",
    param: "Idempotency-Key",
  });
}

function stillRunning(generationId: string | null): AppError {
  return new AppError("conflict", {
    message:
      "The first request with this `Idempotency-Key` has not ended. It is not run a second time; ask again for its answer.",
    param: "Idempotency-Key",
    metadata: { generation_id: generationId },
    retryAfterSeconds: 2,
  });
}

function truncated(): AppError {
  return new AppError("upstream_stream_truncated", {
    message: "The client of the first request left before this answer was complete.",
  });
}
