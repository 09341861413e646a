import { setTimeout as sleep } from "node:timers/promises";
import { collect, UpstreamFailure } from "@/server/providers";
import type { Answer, Candidate, Pending } from "../operation";
import type { GatewayDeps } from "../types";
import type { Admitted } from "./admit";
import { askAbout, contentOf, mediaAt } from "./follow";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const PAUSE_GROWTH = 1.5;
/** So often in a row a job may not be asked about before it is given up. */
const MOST_FAILURES = 4;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

interface Waiting {
  readonly admitted: Admitted;
  readonly candidate: Candidate;
  readonly signal: AbortSignal;
}

export function isPending(read: Answer | Pending): read is Pending {
  return "pending" in read;
}

/**
 * Waits for the answer of a job that a provider has taken, as long as the request may last. A job that nobody waits for any
 * more, because the client left or time is up, is stopped.
 * @throws UpstreamFailure when it fails, or cannot be asked about
 */
export async function awaitAnswer(
  deps: GatewayDeps,
  waiting: Waiting,
  begun: Pending,
): Promise<Answer | null> {
  let job = begun;
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * PAUSE_GROWTH)) {
      if (!job.hasEnded) await pause(pauseMs, waiting.signal);
      const next = await ask(deps, waiting, job);
      if (next === null || !isPending(next)) return next;
      job = next;
    }
  } catch (thrown) {
    // The answer does not wait for it, and a job that goes on is the provider's word against ours: best effort.
    waiting.admitted.request.waitUntil(stop(deps, waiting, job));
    throw thrown;
  }
}

/** One question; a provider that does not answer is asked again. */
async function ask(deps: GatewayDeps, { candidate, signal }: Waiting, job: Pending) {
  for (let failures = 1; ; failures += 1) {
    try {
      const answer = await askAbout(deps, candidate, job.ask, { signal, readError: job.readError });
      return await job.read(await collect(answer.body, MAX_ANSWER_BYTES), (url) =>
        mediaAt(deps, contentOf(url, candidate.provider), signal),
      );
    } catch (thrown) {
      const mayAskAgain =
        thrown instanceof UpstreamFailure && thrown.mayFallBack && thrown.reason !== "job_failed";
      if (!mayAskAgain || failures >= MOST_FAILURES) throw thrown;
      await pause(FIRST_PAUSE_MS * failures, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new UpstreamFailure({ reason: "aborted", status: null, mayFallBack: false });
  }
}

async function stop(deps: GatewayDeps, { candidate }: Waiting, { cancel }: Pending): Promise<void> {
  try {
    await collect((await askAbout(deps, candidate, cancel)).body, MAX_ANSWER_BYTES);
  } catch (reason) {
    deps.log.info({ provider: candidate.provider.slug, reason: String(reason) }, "job was not stopped");
  }
}
