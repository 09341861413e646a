import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";
import { isLoopbackAddress, isPublicAddress } from "./public-address";

export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export interface GuardedClientOptions {
  /** Lets it connect to this machine. For development and tests. */
  readonly allowsLoopback?: boolean;
  /** Name resolution; the system's own by default. */
  readonly resolve?: Resolve;
  /** Certificate authorities beside the system's, for tests. */
  readonly ca?: string;
}

export interface GuardedAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** The beginning of the body as it came, never unpacked. */
  readonly body: Buffer;
}

/** Requests to addresses that customers name. */
export interface GuardedClient {
  /**
   * Sends one POST and reads the beginning of its answer. Redirects are answers like any other.
   * @throws ForbiddenAddress before a byte is sent; or what the network throws, also after `timeoutMs`
   */
  post(url: string, message: GuardedMessage): Promise<GuardedAnswer>;
  /**
   * What stands at an address, as it comes. Redirects are answers like any other.
   * @throws ForbiddenAddress before a byte is sent; or what the network throws, as `read` does later
   */
  open(url: string, terms: OpeningTerms): Promise<OpenedAnswer>;
  close(): Promise<void>;
}

export interface OpeningTerms {
  readonly headers: Readonly<Record<string, string>>;
  /** Until the answer begins, and between two pieces of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface OpenedAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: {
    /** The next bytes; null at the proper end. */
    read(): Promise<Uint8Array | null>;
    abort(): void;
  };
}

export interface GuardedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** The name leads to an address that is not public. */
class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
}

/**
 * One client for all of it. The address is checked where the connection is made, and the connection goes to the address
 * that was checked: a name that changes its mind in between (DNS rebinding) changes nothing.
 */
export function createGuardedClient(options: GuardedClientOptions = {}): GuardedClient {
  const isOpen = (address: string) =>
    isPublicAddress(address) || (options.allowsLoopback === true && isLoopbackAddress(address));
  const connect = buildConnector({
    lookup: guardedLookup(options.resolve ?? resolveAll, isOpen),
    ca: options.ca,
  });
  const agent = new Agent({
    connect(target, done) {
      // A literal is never looked up, so it is judged here.
      const literal = target.hostname.replace(/^\[|\]$/g, "");
      if (isIP(literal) !== 0 && !isOpen(literal)) return done(forbidden(literal), null);
      connect(target, done);
    },
    keepAliveTimeout: 4_000,
    pipelining: 1,
  });
  return {
    async post(url, { headers, body, timeoutMs, maxAnswerBytes }) {
      const signal = AbortSignal.timeout(timeoutMs);
      const { origin, pathname, search } = new URL(url);
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method: "POST",
        headers: { ...headers, "accept-encoding": "identity" },
        body,
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return {
        status: answer.statusCode,
        header: (name) => firstOf(answer.headers[name]),
        body: await readBeginning(answer.body, maxAnswerBytes),
      };
    },
    async open(url, { headers, timeoutMs, signal }) {
      const { origin, pathname, search, protocol } = new URL(url);
      if (protocol !== "https:" && options.allowsLoopback !== true) throw new Error("not an https address");
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method: "GET",
        headers: { accept: "*/*", ...headers, "accept-encoding": "identity" },
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      // One that is left early must not throw where nobody listens.
      answer.body.on("error", () => {});
      const chunks: AsyncIterator<Uint8Array> = answer.body[Symbol.asyncIterator]();
      return {
        status: answer.statusCode,
        header: (name) => firstOf(answer.headers[name]),
        body: {
          async read() {
            const next = await chunks.next();
            return next.done ? null : next.value;
          },
          abort: () => void answer.body.destroy(),
        },
      };
    },
    close: () => agent.destroy(),
  };
}

/** At most `limit` bytes; what comes after, or too late, is cut. The status has been said by then. */
async function readBeginning(
  body: AsyncIterable<Buffer> & { destroy(): unknown; on(event: "error", handle: () => void): unknown },
  limit: number,
): Promise<Buffer> {
  body.on("error", () => {});
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= limit) break;
    }
  } catch {
    // Cut by the deadline or by the receiver: what came so far is what there is.
  }
  body.destroy();
  return Buffer.concat(chunks).subarray(0, limit);
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Every address of the name has to be open: one that is not says that the name is not to be trusted. */
function guardedLookup(resolve: Resolve, isOpen: (address: string) => boolean): LookupFunction {
  return (hostname, { all }, done) => {
    resolve(hostname, (error, addresses) => {
      const closed = addresses.find(({ address }) => !isOpen(address));
      const [first] = addresses;
      const refusal = error ?? (closed || !first ? forbidden(hostname) : null);
      if (refusal || !first) return done(refusal, "", 0);
      if (all) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}

const resolveAll: Resolve = (hostname, done) => {
  systemLookup(hostname, { all: true }, (error, addresses) => done(error, addresses ?? []));
};

function forbidden(host: string): ForbiddenAddress {
  return new ForbiddenAddress(`${host} does not lead to a public address`);
}
