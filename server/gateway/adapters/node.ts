import type { IncomingMessage, ServerResponse } from "node:http";
import { peerAddress } from "@/server/platform/client-address";
import type { Gateway } from "../gateway";
import type { GatewayRequest, GatewayResponse } from "../types";
import { readLimited } from "./body";
import { splitTarget } from "./target";

/**
 * Node's server in front of the gateway: `/v1` and `/api/v1` are answered here before Next sees them.
 * False when the path is not the gateway's.
 */
export function createNodeAdapter(gateway: Gateway, waitUntil: (work: Promise<unknown>) => void) {
  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const target = splitTarget(req.url ?? "/");
    if (!target) return false;
    const controller = new AbortController();
    res.once("close", () => {
      if (!res.writableFinished) controller.abort();
    });
    const request: GatewayRequest = {
      method: req.method ?? "GET",
      header: (name) => headerOf(req, name),
      readBody: () =>
        readLimited(
          req,
          gateway.maxBodyBytes,
          headerOf(req, "content-encoding"),
          headerOf(req, "content-length"),
        ),
      clientAddress: peerAddress(
        headerOf(req, "x-forwarded-for"),
        req.socket.remoteAddress,
        gateway.trustedProxyHops,
      ),
      signal: controller.signal,
      abort: (reason) => controller.abort(reason),
      waitUntil,
      base: target.base,
      path: target.path,
      query: target.query,
    };
    void gateway.handle(request).then((response) => send(req, res, response, gateway.maxDurationMs));
    return true;
  };
}

/** Node keeps the first of several Authorization headers; two of them are a smuggling attempt and count as a wrong one. */
function headerOf(req: IncomingMessage, name: string): string | undefined {
  if (name === "authorization" && countRaw(req.rawHeaders, name) > 1) return "";
  const value = req.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

function countRaw(raw: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < raw.length; index += 2) if (raw[index]?.toLowerCase() === name) count += 1;
  return count;
}

async function send(
  req: IncomingMessage,
  res: ServerResponse,
  response: GatewayResponse,
  maxDurationMs: number,
): Promise<void> {
  const { body } = response;
  if (res.destroyed) {
    if (body && !(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.();
    return;
  }
  if (body === null || body instanceof Uint8Array) {
    if (!req.complete) return answerUnread(req, res, response, body);
    res.writeHead(response.status, response.headers).end(body ?? undefined);
    return;
  }
  res.writeHead(response.status, response.headers);
  // A reader that never takes the rest must not keep its hold open for ever.
  const tooLong = setTimeout(() => res.destroy(), maxDurationMs);
  await pump(res, body[Symbol.asyncIterator]())
    // A file that breaks off at its provider must not look complete, and nobody else is told.
    .catch(() => res.destroy())
    .finally(() => clearTimeout(tooLong));
}

const DISCARDED_BYTES = 32 * 1024 * 1024;
const DISCARD_TIMEOUT_MS = 2_000;

/**
 * Answers a sender that is still sending, and takes some of the rest off the wire: a connection that is closed with bytes
 * unread is reset, and the client would see a broken pipe in place of the answer. What was not read must not be taken for
 * the next request either, so the connection ends here.
 */
async function answerUnread(
  req: IncomingMessage,
  res: ServerResponse,
  { status, headers }: GatewayResponse,
  body: Uint8Array | null,
): Promise<void> {
  res.writeHead(status, { ...headers, connection: "close", "content-length": body?.byteLength ?? 0 });
  res.write(body ?? "");
  res.flushHeaders();
  await new Promise<void>((resolve) => {
    let left = DISCARDED_BYTES;
    const timer = setTimeout(resolve, DISCARD_TIMEOUT_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    req.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    });
    req.once("end", done);
    req.once("close", done);
    req.resume();
  });
  res.end();
}

/** Writes with back-pressure. A client that goes away ends the iterator at once, also while it waits for the provider. */
async function pump(res: ServerResponse, chunks: AsyncIterator<Uint8Array>): Promise<void> {
  const onClose = () => {
    if (!res.writableFinished) void chunks.return?.();
  };
  res.once("close", onClose);
  for (let chunk = await chunks.next(); !chunk.done; chunk = await chunks.next()) {
    if (res.destroyed) break;
    if (!res.write(chunk.value)) await drained(res);
  }
  res.end();
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off("drain", done);
      res.off("close", done);
      resolve();
    };
    res.once("drain", done);
    res.once("close", done);
  });
}
