import { createCallerFactory, router } from "./init";
import { accountRouter } from "./routers/account";
import { alertsRouter } from "./routers/alerts";
import { auditRouter } from "./routers/audit";
import { billingRouter } from "./routers/billing";
import { budgetsRouter } from "./routers/budgets";
import { catalogRouter } from "./routers/catalog";
import { commitmentsRouter } from "./routers/commitments";
import { healthRouter } from "./routers/health";
import { keysRouter } from "./routers/keys";
import { mailboxRouter } from "./routers/mailbox";
import { managementKeysRouter } from "./routers/management-keys";
import { membersRouter } from "./routers/members";
import { operatorRouter } from "./routers/operator";
import { organizationRouter } from "./routers/organization";
import { overviewRouter } from "./routers/overview";
import { ownDataRouter } from "./routers/own-data";
import { partnerRouter } from "./routers/partner";
import { playgroundRouter } from "./routers/playground";
import { promotionsRouter } from "./routers/promotions";
import { requestsRouter } from "./routers/requests";
import { routingRouter } from "./routers/routing";
import { siteRouter } from "./routers/site";
import { supportRouter } from "./routers/support";
import { usageRouter } from "./routers/usage";
import { webhooksRouter } from "./routers/webhooks";

/** Every procedure of the site, one router per screen group. Who may call each is listed in `authority.test.ts`. */
export const appRouter = router({
  account: accountRouter,
  alerts: alertsRouter,
  audit: auditRouter,
  billing: billingRouter,
  budgets: budgetsRouter,
  catalog: catalogRouter,
  commitments: commitmentsRouter,
  health: healthRouter,
  keys: keysRouter,
  mailbox: mailboxRouter,
  managementKeys: managementKeysRouter,
  members: membersRouter,
  operator: operatorRouter,
  organization: organizationRouter,
  overview: overviewRouter,
  playground: playgroundRouter,
  partner: partnerRouter,
  promotions: promotionsRouter,
  ownData: ownDataRouter,
  requests: requestsRouter,
  site: siteRouter,
  support: supportRouter,
  usage: usageRouter,
  routing: routingRouter,
  webhooks: webhooksRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
