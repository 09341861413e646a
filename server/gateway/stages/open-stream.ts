import type { StreamRelay } from "@/server/protocols/model";
import { type UpstreamBody, UpstreamFailure } from "@/server/providers";

/** A stream that has begun to say something. */
export interface OpenedStream {
  readonly kind: "stream";
  readonly body: UpstreamBody;
  readonly relay: StreamRelay;
  /** Bytes for the client that were read while looking for the first event. */
  readonly head: readonly Uint8Array[];
}

/**
 * Reads until the stream has shown what it is. Headers alone say little: many providers send them, and signs of life,
 * before they have begun, so the time for the first token goes on until there is one.
 * @param leftMs until the first meaningful event; null = as long as bytes come
 * @throws UpstreamFailure when there is an error or an end in its place, or nothing in time
 */
export async function openStream(
  body: UpstreamBody,
  relay: StreamRelay,
  leftMs: number | null,
): Promise<OpenedStream> {
  let isLate = false;
  const giveUp = () => {
    isLate = true;
    body.abort();
  };
  const timer = leftMs === null ? null : setTimeout(giveUp, Math.max(0, leftMs));
  try {
    return { kind: "stream", body, relay, head: await readHead(body, relay) };
  } catch (thrown) {
    if (!isLate) throw thrown;
    throw new UpstreamFailure({ reason: "first_token_timeout", status: 200, mayFallBack: true });
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

async function readHead(body: UpstreamBody, relay: StreamRelay): Promise<Uint8Array[]> {
  const head: Uint8Array[] = [];
  for (;;) {
    const chunk = await body.read();
    if (chunk === null) throw new UpstreamFailure({ reason: "empty_stream", status: 200, mayFallBack: true });
    head.push(...relay.push(chunk));
    const state = relay.state();
    if (state.started) return head;
    if (state.error || state.done) {
      body.abort();
      throw new UpstreamFailure({
        reason: state.error ? "error_in_stream" : "empty_stream",
        status: 200,
        mayFallBack: true,
        internal: JSON.stringify(state.error)?.slice(0, 500),
      });
    }
  }
}
