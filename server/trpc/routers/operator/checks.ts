import { z } from "zod";
import { AUDIT_ACTIONS, listOperatorAudit, recordAudit } from "@/server/audit";
import { countMoneyWaiting } from "@/server/billing";
import { listProposals } from "@/server/catalog";
import { isJobName, JOBS, latestRuns, listRuns, readReconciliation } from "@/server/jobs";
import { enterInvoice } from "@/server/ledger";
import { AppError } from "@/server/platform/errors";
import { readBoard } from "@/server/routing";
import { listAllTickets } from "@/server/support";
import { usdOf } from "../../amounts";
import { operatorProcedure, router } from "../../init";
import { transactAsOperator } from "../../transact";

const MAX_RUNS = 100;
const PAGE_SIZE = 50;
/** More open tickets than this are "many". */
const MAX_TICKETS = 100;

/** Whether the books are right, what the jobs did, and what operators did. */
export const operatorChecksRouter = router({
  /** What waits for a person, in numbers. */
  waiting: operatorProcedure.query(async ({ ctx: { services, actor } }) => {
    const { db, clock } = services;
    const [money, proposals, board, tickets, reconciliation, runs] = await Promise.all([
      countMoneyWaiting(db),
      listProposals(db),
      readBoard(db, clock.nowMs(), ""),
      listAllTickets(db, { status: "open", limit: MAX_TICKETS }),
      readReconciliation(db, clock.nowMs()),
      latestRuns(db),
    ]);
    const open = proposals.filter(({ status }) => status === "proposed");
    return {
      ...money,
      openProposals: open.length,
      proposalsForMe: open.filter(({ proposedByUserId }) => proposedByUserId !== actor.userId).length,
      outages: board.filter(({ outage }) => outage !== null).length,
      forced: board.filter(({ forced }) => forced !== null).length,
      openTickets: tickets.tickets.length,
      brokenInvariants: reconciliation.invariants.filter(({ state }) => state === "broken").length,
      failedJobs: runs.filter(({ outcome }) => outcome === "failed").length,
    };
  }),

  reconciliation: operatorProcedure.query(({ ctx }) =>
    readReconciliation(ctx.services.db, ctx.services.clock.nowMs()),
  ),

  /** What a provider charged for a day and model; entered again, the later amount counts. */
  enterInvoice: operatorProcedure
    .input(
      z.strictObject({
        day: z.iso.date(),
        provider: z.string().trim().min(1).max(64),
        model: z.string().trim().min(1).max(200),
        amountUsd: z.string().max(32),
        reference: z.string().trim().max(200),
      }),
    )
    .mutation(({ ctx, input: { amountUsd, reference, ...input } }) =>
      transactAsOperator(ctx, async (tx, { clock, by }) => {
        const amountNanoUsd = usdOf(amountUsd);
        await enterInvoice(tx, { ...input, amountNanoUsd, ...(reference && { reference }) });
        await recordAudit(tx, clock, {
          organizationId: null,
          actor: by,
          action: "provider_invoice.entered",
          target: { kind: "provider_invoice", id: `${input.day} ${input.provider}`, label: input.model },
          after: { ...input, amountUsd, reference },
        });
      }),
    ),

  jobs: operatorProcedure.query(async ({ ctx }) => {
    const latest = await latestRuns(ctx.services.db);
    return Object.entries(JOBS).map(([name, { everySeconds }]) => ({
      name,
      everySeconds,
      last: latest.find((run) => run.name === name) ?? null,
    }));
  }),

  runs: operatorProcedure.input(z.strictObject({ job: z.string().max(40) })).query(({ ctx, input }) => {
    if (!isJobName(input.job)) throw new AppError("not_found", { message: "There is no such job." });
    return listRuns(ctx.services.db, { name: input.job, limit: MAX_RUNS });
  }),

  audit: operatorProcedure
    .input(
      z.strictObject({
        action: z.enum(AUDIT_ACTIONS).nullish(),
        cursor: z.string().max(64).nullish(),
        direction: z.literal("forward").optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listOperatorAudit(ctx.services.db, { action: input.action, cursor: input.cursor, limit: PAGE_SIZE }),
    ),
});
