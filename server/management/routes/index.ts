import type { Route } from "../route";
import { budgetRoutes } from "./budgets";
import { commitmentRoutes } from "./commitments";
import { keyRoutes } from "./keys";
import { memberRoutes } from "./members";
import { moneyRoutes } from "./money";
import { payoutRoutes } from "./payouts";
import { projectRoutes } from "./projects";
import { promotionRoutes } from "./promotions";
import { webhookRoutes } from "./webhooks";

/** Every route of the management API; the reference and the tests of authority are made from this list. */
export const ROUTES: readonly Route[] = [
  ...keyRoutes,
  ...projectRoutes,
  ...memberRoutes,
  ...budgetRoutes,
  ...moneyRoutes,
  ...commitmentRoutes,
  ...promotionRoutes,
  ...payoutRoutes,
  ...webhookRoutes,
];
