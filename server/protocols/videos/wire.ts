import type { JobCall, UpstreamJob } from "../queues";
import type { VideoCall } from "./request";

/** What a provider says of a job. */
export interface VideoReading {
  readonly upstreamId: string;
  readonly status: "queued" | "in_progress" | "completed" | "failed";
  /** Per cent. */
  readonly progress: number;
  /** Why it failed, in words that may be shown. */
  readonly error: string | null;
  /** Machine time that the provider bills, where it says. */
  readonly gpuSeconds: number | null;
  /** Where the video is, when the provider does not serve it by id. */
  readonly url: string | null;
}

/** How a family of providers makes videos: all of them take a job, and are asked about it until it has ended. */
export interface VideoWire {
  /** @throws AppError unsupported_parameter naming what its jobs cannot carry */
  check?(call: VideoCall): void;
  /** @param upstreamModel as the catalogue has it, with what stands behind its name */
  create(
    call: VideoCall,
    upstreamModel: string,
  ): Promise<{ path: string; headers: Record<string, string>; body: string | Uint8Array }>;
  /** Null when the bytes say nothing about a job. */
  read(bytes: Uint8Array): VideoReading | null;
  poll(job: UpstreamJob): JobCall;
  /** Where the finished video stands, when that is asked for apart; its answer is read by `read` too. */
  result?(job: UpstreamJob): JobCall;
  /** The bytes of the video, or of a `variant` of it, by id; null when it has an address of its own. */
  content(job: UpstreamJob, variant: string | null): JobCall | null;
  /** Null when a job cannot be stopped. */
  cancel(job: UpstreamJob): JobCall | null;
  /** What of a refusal may be shown. */
  readError(bytes: Uint8Array): { readonly message: string | null; readonly param: string | null };
}
