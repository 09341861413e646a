import { desc, inArray } from "drizzle-orm";
import { jobRun, providerInvoice } from "@/db/schema";
import { INVARIANTS, reconcileProviders } from "@/server/ledger";
import type { Database } from "@/server/platform/database";
import type { JobRun } from "./runs";

const DAY_MS = 86_400_000;
const LOOK_BACK_DAYS = 40;
const MAX_INVOICES = 500;

export interface InvariantState {
  readonly name: string;
  readonly text: string;
  /** The job that judges it; null: no job does, its text says what does. */
  readonly by: "invariants" | "reconcile" | null;
  /** ok and broken: as of the last run that ended. unknown: it never ran, or did not end. */
  readonly state: "ok" | "broken" | "unknown";
  readonly checkedAt: Date | null;
  /** What was found, a sentence each. */
  readonly findings: readonly string[];
}

/** The books as the jobs saw them last, and providers' invoices against our own count. */
export async function readReconciliation(db: Database, nowMs: number) {
  const runs = new Map<string, JobRun>();
  const last = await db
    .selectDistinctOn([jobRun.name])
    .from(jobRun)
    .where(inArray(jobRun.outcome, ["succeeded", "attention"]))
    .orderBy(jobRun.name, desc(jobRun.startedAt), desc(jobRun.id));
  for (const run of last) runs.set(run.name, run);
  const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const lines = await reconcileProviders(db, {
    from: toDay(nowMs - LOOK_BACK_DAYS * DAY_MS),
    to: toDay(nowMs),
  });
  const references = new Map(
    (await db.select().from(providerInvoice).orderBy(desc(providerInvoice.day)).limit(MAX_INVOICES)).map(
      (row) => [`${row.day} ${row.providerSlug} ${row.modelSlug}`, row.reference],
    ),
  );
  return {
    invariants: INVARIANTS.map((each) => stateOf(each, runs)),
    invoices: lines
      .map((line) => ({
        ...line,
        reference: references.get(`${line.day} ${line.provider} ${line.model}`) ?? null,
      }))
      .reverse(),
  };
}

function stateOf(
  { name, by, text }: (typeof INVARIANTS)[number],
  runs: ReadonlyMap<string, JobRun>,
): InvariantState {
  if (by === "runtime") return { name, text, by: null, state: "unknown", checkedAt: null, findings: [] };
  const run = runs.get(by);
  const findings = (run?.detail ?? "").split("\n").filter((line) => line.startsWith(`${name} `));
  const state = run === undefined ? "unknown" : findings.length > 0 ? "broken" : "ok";
  return { name, text, by, state, checkedAt: run?.endedAt ?? null, findings };
}
