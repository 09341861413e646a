import { router } from "../../init";
import { operatorCatalogRouter } from "./catalog";
import { operatorChecksRouter } from "./checks";
import { operatorHealthRouter } from "./health";
import { operatorMoneyRouter } from "./money";
import { operatorPayoutsRouter } from "./payouts";
import { operatorPeopleRouter } from "./people";
import { operatorPricesRouter } from "./prices";
import { operatorSupportRouter } from "./support";

/** The operator console. Every procedure is an `operatorProcedure`; every mutation leaves a trail. */
export const operatorRouter = router({
  catalog: operatorCatalogRouter,
  prices: operatorPricesRouter,
  health: operatorHealthRouter,
  money: operatorMoneyRouter,
  payouts: operatorPayoutsRouter,
  people: operatorPeopleRouter,
  checks: operatorChecksRouter,
  support: operatorSupportRouter,
});
