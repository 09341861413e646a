// Harm prevented: a code that is found out by trying, from one account or from one address.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPromotion } from "@/server/billing";
import { type TrpcFixture, trpcFixture } from "../fixtures";

let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

it("lets nobody try codes without end, right ones included", async () => {
  const person = await site.person();
  const { code } = await createPromotion(site.database.db, site.clock, {
    code: null,
    amountNanoUsd: 5_000_000_000n,
    creditDays: 30,
    maxRedemptions: 10,
    redeemableUntil: new Date(site.clock.nowMs() + 3_600_000_000),
    maxOrganizationAgeDays: null,
    note: null,
    by: { kind: "operator", id: null, label: "Operator", ip: null },
  });
  const tries = await Promise.all(
    Array.from({ length: 15 }, (_, n) =>
      site.call("promotions.redeem", { code: `GUESS-${n}` }, person.headers),
    ),
  );
  expect(tries.filter((answer) => answer.code === "not_found")).toHaveLength(10);
  expect(tries.filter((answer) => answer.code === "rate_limit_exceeded")).toHaveLength(5);
  const right = () => site.call("promotions.redeem", { code }, person.headers);
  expect((await right()).code).toBe("rate_limit_exceeded");
  site.clock.advance(3_600_001);
  expect(await right()).toMatchObject({ code: "ok", data: { amountNanoUsd: 5_000_000_000n } });
});
