import { hasPaidOrder, readRunway } from "@/server/billing";
import { isCallable } from "@/server/catalog";
import { listKeys } from "@/server/keys";
import { readBalance } from "@/server/ledger";
import { findFirstRequest, listRequests, spendByDay, spendTotals, utcMidnightMs } from "@/server/logs";
import { memberProcedure, router } from "../init";
import type { TrpcServices } from "../services";
import { readNotice } from "./notice";

const DAY_MS = 24 * 60 * 60 * 1_000;
const CHART_DAYS = 30;
const RECENT_REQUESTS = 8;
/** The model of the pricing page is the one that first snippets call, while the catalogue has it. */
const FIRST_MODEL = "openai/gpt-4.1-mini";

/** What the first screen shows, in one call. */
export const overviewRouter = router({
  summary: memberProcedure("overview.read").query(async ({ ctx }) => {
    const { db, clock, appUrl } = ctx.services;
    const { organizationId } = ctx.actor;
    const nowMs = clock.nowMs();
    const tomorrow = utcMidnightMs(nowMs) + DAY_MS;
    const [balance, runway, spend, days, recent, keys, firstRequestId, isPaid, exampleModel] =
      await Promise.all([
        readBalance(db, organizationId),
        readRunway(db, organizationId, nowMs),
        spendTotals(db, { organizationId, nowMs }),
        spendByDay(db, { organizationId, fromMs: tomorrow - CHART_DAYS * DAY_MS, toMs: tomorrow }),
        listRequests(db, { organizationId, limit: RECENT_REQUESTS }),
        listKeys(db, organizationId),
        findFirstRequest(db, organizationId),
        hasPaidOrder(db, organizationId),
        chooseModel(ctx.services),
      ]);
    return {
      balance,
      runway,
      spend,
      days,
      recent: recent.requests,
      firstRun: {
        hasMoney: isPaid || balance.totalNanoUsd > 0n || firstRequestId !== null,
        hasKey: keys.some((key) => key.purpose === "program" && key.status === "active"),
        firstRequestId,
      },
      baseUrl: `${appUrl}/v1`,
      exampleModel,
    };
  }),

  /** What stands above every page: suspended, empty, low, or a provider that is out. Null when all is well. */
  notice: memberProcedure("overview.read").query(({ ctx }) =>
    readNotice(ctx.services, ctx.actor.organizationId),
  ),

  /** Id of the first request, or null while it is waited for. Small, because it is polled. */
  firstRequest: memberProcedure("overview.read").query(async ({ ctx }) => ({
    requestId: await findFirstRequest(ctx.services.db, ctx.actor.organizationId),
  })),
});

/** Slug of a model that can be called now; null while the catalogue has none. */
async function chooseModel({ catalog }: TrpcServices): Promise<string | null> {
  const { models } = await catalog.current();
  const callable = models.filter(isCallable);
  return (callable.find((model) => model.slug === FIRST_MODEL) ?? callable[0])?.slug ?? null;
}
