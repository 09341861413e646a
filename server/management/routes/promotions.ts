import { z } from "zod";
import { takeAttempt } from "@/server/auth";
import { listRedemptions, type Redeemed, redeemPromotionIn } from "@/server/billing";
import { toDecimalUsd } from "@/server/platform/money";
import { defineRoute } from "../route";
import { cutPage, pageOf, paging, time, usd } from "../wire";

const MAX_LISTED = 1_000;
const redemption = z.object({
  id: z.string(),
  amount_usd: usd,
  expires_at: time.describe("What is unspent ends then."),
});

/** Codes that give promotional credit. Whoever made the key redeems: a code works once for a person, too. */
export const promotionRoutes = [
  defineRoute({
    method: "GET",
    path: "/organization/promotions",
    scope: "promotions:read",
    summary: "List redeemed codes, newest first",
    query: paging,
    answer: pageOf(redemption.extend({ created_at: time })),
    run: async ({ tx, organizationId }, { query }) =>
      cutPage(await listRedemptions(tx, organizationId, MAX_LISTED), query, (of) => ({
        ...toRedemption(of),
        created_at: of.createdAt.toISOString(),
      })),
  }),
  defineRoute({
    method: "POST",
    path: "/organization/promotions/redeem",
    scope: "promotions:write",
    summary: "Redeem a code",
    body: z.strictObject({ code: z.string().min(1).max(100) }),
    example: { code: "WELCOME-26" },
    answer: redemption,
    status: 201,
    /** Every try counts, right or wrong: codes are not found out by trying. */
    async before({ deps, clock, actor, clientAddress }) {
      await takeAttempt(deps.db, clock, "promotion_ip", clientAddress);
      await takeAttempt(deps.db, clock, "promotion", actor.userId);
    },
    run: async ({ tx, clock, organizationId, actor, by }, { body }) =>
      toRedemption(
        await redeemPromotionIn(tx, clock, {
          organizationId,
          userId: actor.userId,
          code: body.code,
          audit: by,
        }),
      ),
  }),
];

function toRedemption({ id, amountNanoUsd, expiresAt }: Redeemed): z.infer<typeof redemption> {
  return { id, amount_usd: toDecimalUsd(amountNanoUsd), expires_at: expiresAt.toISOString() };
}
