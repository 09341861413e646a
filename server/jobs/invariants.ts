import { checkBlocks, checkInvariants } from "@/server/ledger";
import type { Job } from "./job";

/** Single records and blocks are looked at for this long after they were made; sums are always over everything. */
const LOOK_BACK_HOURS = 26;
/** More than these are counted and not told. */
const MAX_FINDINGS = 50;

/** I1–I12 and I15–I18 of the ledger. `operator verify` does the same without a limit of time. */
export const invariantsJob: Job = {
  everySeconds: 300,
  async run({ db, pool, clock, log }) {
    const since = new Date(clock.nowMs() - LOOK_BACK_HOURS * 60 * 60 * 1_000).toISOString();
    const violations = [
      ...(await checkInvariants(pool, { hours: LOOK_BACK_HOURS })),
      ...(await checkBlocks(db, { since })),
    ];
    for (const violation of violations) log.error({ violation }, "ledger invariant violated");
    return {
      figures: { violations: violations.length },
      findings: violations
        .slice(0, MAX_FINDINGS)
        .map((one) => `${one.invariant} ${one.organization_id} ${one.subject}: ${one.detail}`),
    };
  },
};
