import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { clientAddress } from "@/server/platform/client-address";
import type { Gateway } from "../gateway";
import type { GatewayRequest, GatewayResponse } from "../types";
import { readLimited } from "./body";
import { splitTarget } from "./target";

/** A call by one of our own pages: the key that it acts as, and the path of the API that it means. */
export interface Acting {
  readonly keyId: string;
  readonly path: `/v1/${string}`;
}

/**
 * Web `Request` in, `Response` out: for route handlers on serverless functions.
 * `waitUntil` is called once, before the answer: a platform that ties it to the request (Next's `after`) refuses it from
 * inside a stream, which is where a streamed answer is settled.
 */
export function createWebAdapter(gateway: Gateway) {
  return async (
    request: Request,
    waitUntil: (work: Promise<unknown>) => void,
    acting?: Acting,
  ): Promise<Response> => {
    const url = new URL(request.url);
    const target = splitTarget(acting?.path ?? url.pathname + url.search);
    if (!target) return new Response(null, { status: 404 });
    const work = createWork();
    waitUntil(work.done);
    const controller = new AbortController();
    if (request.signal.aborted) controller.abort();
    request.signal.addEventListener("abort", () => controller.abort(), { once: true });
    const header = (name: string) => request.headers.get(name) ?? undefined;
    const gatewayRequest: GatewayRequest = {
      ...target,
      method: request.method,
      // Several Authorization headers arrive joined by commas, which no valid key contains.
      header,
      readBody: async () =>
        request.body
          ? readLimited(
              Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>),
              gateway.maxBodyBytes,
              header("content-encoding"),
              header("content-length"),
            )
          : new Uint8Array(),
      clientAddress: clientAddress(request.headers, gateway.trustedProxyHops),
      ...(acting && { actingKeyId: acting.keyId }),
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      waitUntil: work.add,
    };
    const response = await gateway.handle(gatewayRequest);
    return toResponse(response, {
      signal: request.signal,
      maxDurationMs: gateway.maxDurationMs,
      onEnded: work.close,
    });
  };
}

/** The work of one request, of which not all is known when the platform has to be told. `done` never rejects. */
function createWork() {
  const parts: Promise<unknown>[] = [];
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    done: closed.then(() => Promise.allSettled(parts)),
    add: (part: Promise<unknown>) => void parts.push(part),
    /** The answer has ended; nothing is added any more. */
    close: () => close(),
  };
}

interface ResponseOptions {
  readonly signal: AbortSignal;
  readonly maxDurationMs: number;
  onEnded(): void;
}

function toResponse(
  response: GatewayResponse,
  { signal, maxDurationMs, onEnded }: ResponseOptions,
): Response {
  const { status, headers, body } = response;
  if (body === null || body instanceof Uint8Array) {
    onEnded();
    return new Response(body as BodyInit | null, { status, headers });
  }
  const chunks = body[Symbol.asyncIterator]();
  let tooLong: ReturnType<typeof setTimeout> | undefined;
  const leave = async () => {
    clearTimeout(tooLong);
    await chunks.return?.();
    onEnded();
  };
  // Some platforms report a departed client by the signal, some by cancelling the stream, some by neither.
  signal.addEventListener("abort", () => void leave(), { once: true });
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      tooLong = setTimeout(() => {
        controller.error(new Error("the answer took too long"));
        void leave();
      }, maxDurationMs);
    },
    async pull(controller) {
      const chunk = await chunks.next().catch((reason: unknown) => {
        // The stream breaks off with it, so that what came does not look complete.
        clearTimeout(tooLong);
        onEnded();
        throw reason;
      });
      if (!chunk.done) return controller.enqueue(chunk.value);
      clearTimeout(tooLong);
      if (!signal.aborted) controller.close();
      onEnded();
    },
    cancel: leave,
  });
  return new Response(stream, { status, headers });
}
