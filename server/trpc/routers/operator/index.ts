import { router } from "../../init";
import { operatorCatalogRouter } from "./catalog";
import { operatorChecksRouter } from "./checks";
import { operatorCommitmentsRouter } from "./commitments";
import { operatorHealthRouter } from "./health";
import { operatorMoneyRouter } from "./money";
import { operatorPartnersRouter } from "./partners";
import { operatorPayoutsRouter } from "./payouts";
import { operatorPeopleRouter } from "./people";
import { operatorPricesRouter } from "./prices";
import { operatorPromotionsRouter } from "./promotions";
import { operatorSupportRouter } from "./support";

/** The operator console. Every procedure is an `operatorProcedure`; every mutation leaves a trail. */
export const operatorRouter = router({
  catalog: operatorCatalogRouter,
  prices: operatorPricesRouter,
  health: operatorHealthRouter,
  money: operatorMoneyRouter,
  commitments: operatorCommitmentsRouter,
  promotions: operatorPromotionsRouter,
  partners: operatorPartnersRouter,
  payouts: operatorPayoutsRouter,
  people: operatorPeopleRouter,
  checks: operatorChecksRouter,
  support: operatorSupportRouter,
});
