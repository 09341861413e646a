import { z } from "zod";
import { listAlerts, readAlertSettings, sendTestAlert, writeAlertSettings } from "@/server/alerts";
import { takeAttempt } from "@/server/auth";
import { auditActor, ROLES } from "@/server/organizations";
import { listEndpoints } from "@/server/webhooks";
import { memberProcedure, router } from "../init";

const ALERT_EVENTS = /^(\*|budget\.(\*|threshold_reached|exceeded)|spend\.(\*|anomaly))$/;

/** Who is told of budgets and spend, and how. */
export const alertsRouter = router({
  settings: memberProcedure("budgets.read").query(async ({ ctx }) => {
    const { db } = ctx.services;
    const { organizationId } = ctx.actor;
    const endpoints = await listEndpoints(db, organizationId);
    return {
      ...(await readAlertSettings(db, organizationId)),
      canMail: ctx.services.mailer.canSend,
      /** Live endpoints that get the events of alerts. */
      webhookEndpoints: endpoints.filter(
        ({ status, eventTypes }) =>
          status === "active" &&
          (eventTypes.length === 0 || eventTypes.some((type) => ALERT_EVENTS.test(type))),
      ).length,
    };
  }),

  /** `slackUrl`: null removes it, left out keeps it. */
  write: memberProcedure("budgets.manage")
    .input(
      z.strictObject({
        mailRoles: z.array(z.enum(ROLES)).max(ROLES.length),
        slackUrl: z.string().max(20_000).nullish(),
        isAnomalyOn: z.boolean(),
        anomalyMinimumNanoUsd: z.bigint(),
        defaultThresholds: z.array(z.number()).max(20),
      }),
    )
    .mutation(({ ctx, input }) =>
      ctx.services.db.transaction((tx) =>
        writeAlertSettings(tx, ctx.services.clock, ctx.services.webhooks, {
          organizationId: ctx.actor.organizationId,
          by: auditActor(ctx.actor, ctx.ip),
          change: input,
        }),
      ),
    ),

  /** Answers who was reached, when everybody has been tried. */
  sendTest: memberProcedure("budgets.manage")
    .input(z.strictObject({ channel: z.enum(["mail", "slack"]) }))
    .mutation(async ({ ctx, input }) => {
      const { db, clock, mailer, outbound, webhooks, appUrl } = ctx.services;
      await takeAttempt(db, clock, "test_alert", ctx.actor.organizationId);
      const deps = { db, mailer, client: outbound, appUrl, ...webhooks };
      return sendTestAlert(deps, ctx.actor.organizationId, input.channel);
    }),

  recent: memberProcedure("budgets.read").query(({ ctx }) =>
    listAlerts(ctx.services.db, ctx.actor.organizationId),
  ),
});
