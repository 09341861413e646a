"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { useTRPC } from "@/app/_trpc/client";
import { PageHeader } from "@/app/_ui/page-header";
import { BalanceTiles } from "../_parts/balance-tiles";
import { QueryView } from "../_parts/query-view";
import { TilesSkeleton } from "../_parts/skeletons";
import { Approvals } from "./approvals";
import { AutoRecharge } from "./auto-recharge";
import { Commitment } from "./commitment";
import { OrderNotice } from "./order-notice";
import { Orders } from "./orders";
import { PaymentMethod } from "./payment-method";
import { PromotionCode } from "./promotion-code";
import { TopUp } from "./top-up";

const REFRESH_MS = 30_000;

/** A balance is asked for whenever the screen is opened: an amount that was true a moment ago is not the amount. */
export function BillingScreen() {
  const trpc = useTRPC();
  const [orderId] = useQueryState("order", parseAsString);
  const summary = useQuery(
    trpc.billing.summary.queryOptions(undefined, { staleTime: 0, refetchInterval: REFRESH_MS }),
  );
  return (
    <>
      <PageHeader
        title="Billing"
        description="One prepaid balance in US dollars pays for every model and provider."
      />
      {orderId && <OrderNotice orderId={orderId} />}
      <QueryView query={summary} skeleton={<TilesSkeleton tiles={3} />}>
        {({ balance, runway, sandboxPayments, cardPayments }) => (
          <>
            <BalanceTiles balance={balance} runway={runway} />
            <Approvals />
            <TopUp sandboxPayments={sandboxPayments} cardPayments={cardPayments} />
            {cardPayments && (
              <>
                <PaymentMethod />
                <AutoRecharge />
              </>
            )}
            <PromotionCode />
            <Commitment />
            <Orders />
          </>
        )}
      </QueryView>
    </>
  );
}
