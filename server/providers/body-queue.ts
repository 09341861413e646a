/** A provider's answer body: bytes as they come, with back-pressure, and a way to stop it at once. */
export interface UpstreamBody {
  /** The next bytes; null at the proper end. Rejects when the connection breaks or a time limit passes. */
  read(): Promise<Uint8Array | null>;
  /** Closes the connection to the provider. */
  abort(): void;
}

/** What the HTTP client does with the flow of bytes. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

const HIGH_WATER_BYTES = 256 * 1024;

/** Bridges pushed chunks to `read()`: one promise per wait, none per chunk that is already here. */
export class BodyQueue implements UpstreamBody {
  private readonly chunks: Uint8Array[] = [];
  private queuedBytes = 0;
  private isPaused = false;
  private ended = false;
  private failure: Error | null = null;
  private waiter: { resolve: (chunk: Uint8Array | null) => void; reject: (reason: Error) => void } | null =
    null;

  constructor(private readonly flow: Flow) {}

  push(chunk: Uint8Array): void {
    if (this.waiter) {
      const { resolve } = this.waiter;
      this.waiter = null;
      resolve(chunk);
      return;
    }
    this.chunks.push(chunk);
    this.queuedBytes += chunk.length;
    if (this.queuedBytes > HIGH_WATER_BYTES && !this.isPaused) {
      this.isPaused = true;
      this.flow.pause();
    }
  }

  end(): void {
    this.ended = true;
    this.waiter?.resolve(null);
    this.waiter = null;
  }

  fail(reason: Error): void {
    this.failure = reason;
    this.waiter?.reject(reason);
    this.waiter = null;
  }

  read(): Promise<Uint8Array | null> {
    const chunk = this.chunks.shift();
    if (chunk) {
      this.queuedBytes -= chunk.length;
      if (this.isPaused && this.queuedBytes < HIGH_WATER_BYTES / 2) {
        this.isPaused = false;
        this.flow.resume();
      }
      return Promise.resolve(chunk);
    }
    if (this.failure) return Promise.reject(this.failure);
    if (this.ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
  }

  abort(): void {
    if (this.ended || this.failure) return;
    this.flow.abort(new Error("aborted by the gateway"));
  }
}
