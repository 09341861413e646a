import { alertsJob } from "./alerts";
import { exportsJob } from "./exports";
import { forgetJob } from "./forget";
import { invariantsJob } from "./invariants";
import type { Job, JobDeps, JobReport } from "./job";
import { moneyJob } from "./money";
import { reconcileJob } from "./reconcile";
import { beginRun, endRun } from "./runs";
import { sweepJob } from "./sweep";
import { videosJob } from "./videos";
import { webhooksJob } from "./webhooks";

export type { JobDeps, JobReport } from "./job";
export { type InvariantState, readReconciliation } from "./reconciliation";
export { type JobRun, latestRuns, listRuns } from "./runs";

/**
 * Work that a scheduler starts: Vercel's cron on serverless (`vercel.json`, `/api/jobs/<name>`), timers when self-hosted.
 * A new job is a file of its own and a line here and there.
 */
export const JOBS = {
  alerts: alertsJob,
  exports: exportsJob,
  sweep: sweepJob,
  invariants: invariantsJob,
  reconcile: reconcileJob,
  forget: forgetJob,
  money: moneyJob,
  videos: videosJob,
  webhooks: webhooksJob,
} satisfies Record<string, Job>;

export type JobName = keyof typeof JOBS;

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}

/**
 * Runs a job and keeps how it went in `job_run`.
 * @throws what the job throws; the run is marked as failed first
 */
export async function runJob(deps: JobDeps, name: JobName): Promise<JobReport> {
  const id = await beginRun(deps.db, name);
  try {
    const report = await JOBS[name].run(deps);
    await endRun(deps.db, { id, name }, report.findings?.length ? "attention" : "succeeded", report);
    return report;
  } catch (reason) {
    await endRun(deps.db, { id, name }, "failed", { figures: {}, findings: [String(reason)] });
    throw reason;
  }
}
