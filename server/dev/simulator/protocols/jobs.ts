import { isObject } from "@/server/protocols/fields";
import { ProtocolError, type Script } from "../script";

export interface Job {
  readonly id: string;
  readonly model: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly fails: boolean;
  polls: number;
  canceled: boolean;
}

export interface Jobs {
  /** @throws ProtocolError without a prompt */
  take(model: string, input: unknown): Job;
  /** @throws ProtocolError when no job is named at that place of the path */
  find(path: string, at: RegExp): Job;
}

/** A job is done when it has been asked about this often. */
const POLLS_UNTIL_READY = 2;

/** Jobs are done after some polls; one whose prompt has "impossible" in it fails. */
export function createJobs(): Jobs {
  const jobs = new Map<string, Job>();
  return {
    take(model, input) {
      const fields = isObject(input) ? input : {};
      const { prompt } = fields;
      if (typeof prompt !== "string" || prompt === "") throw new ProtocolError("Missing 'prompt'.");
      const id = `job-${jobs.size + 1}`;
      const fails = prompt.includes("impossible");
      const job: Job = { id, model, input: fields, fails, polls: 0, canceled: false };
      jobs.set(id, job);
      return job;
    },
    find(path, at) {
      const job = jobs.get(decodeURIComponent(at.exec(path)?.[1] ?? ""));
      if (!job) throw new ProtocolError("There is no such job.", 404);
      return job;
    },
  };
}

export function stateOf(job: Job): "queued" | "running" | "done" | "failed" {
  if (job.canceled || (job.fails && job.polls >= POLLS_UNTIL_READY)) return "failed";
  return job.polls >= POLLS_UNTIL_READY ? "done" : job.polls > 0 ? "running" : "queued";
}

export function polled(job: Job): Job {
  job.polls += 1;
  return job;
}

export function canceled(job: Job): Script {
  job.canceled = true;
  return wholeJson({ id: job.id, status: "canceled" });
}

export function wholeJson(body: unknown, status = 200): Script {
  return { kind: "whole", status, body: JSON.stringify(body), tokens: 1, failure: "{}" };
}
