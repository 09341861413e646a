import type { Json } from "../fields";

/** What a queue says of a job. */
export interface QueueReading {
  /** Empty where only the job's own address names it. */
  readonly upstreamId: string;
  readonly status: "queued" | "in_progress" | "completed" | "failed";
  /** Per cent. */
  readonly progress: number;
  /** Why it failed, in words that may be shown. */
  readonly error: string | null;
  /** Machine time that the provider bills, where it says: whole seconds, begun ones included. */
  readonly gpuSeconds: number | null;
  /** Where what was made stands: addresses, or data URLs. Empty until it is made. */
  readonly urls: readonly string[];
}

export interface JobCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the provider's base URL. */
  readonly path: string;
}

/** A job as its provider knows it. */
export interface UpstreamJob {
  readonly upstreamId: string;
  readonly model: string;
}

/** How a family of providers takes jobs and tells of them, whatever the job makes. */
export interface QueueWire {
  /** The call that begins a job. */
  submit(
    input: Json,
    model: string,
  ): { readonly path: string; readonly headers: Record<string, string>; readonly body: string };
  /** Null when the bytes say nothing about a job. */
  read(bytes: Uint8Array): QueueReading | null;
  poll(job: UpstreamJob): JobCall;
  /** Where the result stands, when that is asked for apart; its answer is read by `read` too. */
  result?(job: UpstreamJob): JobCall;
  cancel(job: UpstreamJob): JobCall;
  /** What of a refusal may be shown. */
  readError(bytes: Uint8Array): { readonly message: string | null; readonly param: string | null };
}
