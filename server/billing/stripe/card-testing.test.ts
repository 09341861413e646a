// Harm prevented: a thief who finds out which stolen cards work by paying us small amounts with them.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { OwnerFixture } from "@/server/keys/fixtures";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { createOrder } from "../create-order";
import { readOrder } from "../orders";
import { closeTestedCheckouts } from "./card-testing";
import { openCheckout } from "./checkout";
import { APP_URL, type StripeFixture, stripeFixture } from "./fixtures";

let site: StripeFixture;
beforeAll(async () => {
  site = await stripeFixture();
});
afterAll(() => site.close());

const deliverAll = async () => {
  for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
};
const statusOf = async (owner: OwnerFixture, orderId: string) =>
  (await readOrder(site.database.db, { ...owner, orderId }, systemClock)).status;
const place = (owner: OwnerFixture, amountUsd = "10") =>
  createOrder(site.database.db, site.deps, {
    ...owner,
    pack: "custom",
    amountUsd,
    attemptKey: newId("request"),
  });

it("closes the checkout after five declined cards, opens no other for a day, and leaves others alone", async () => {
  const [thief, other] = [await site.owner(), await site.owner()];
  const { id, session } = await site.order(thief);
  const innocent = await site.order(other);
  for (let at = 0; at < 4; at += 1) site.local.declineSession(session);
  await deliverAll();
  expect(await closeTestedCheckouts(site.database.db, systemClock, site.stripe)).toBe(0);
  site.local.declineSession(session);
  const again = site.fresh();
  // Told twice, it counts once; the fifth closes.
  for (const body of [...again, ...again]) expect(await site.deliver(body)).toBe(200);
  expect(await closeTestedCheckouts(site.database.db, systemClock, site.stripe)).toBe(1);
  await deliverAll();
  expect([await statusOf(thief, id), await statusOf(other, innocent.id)]).toEqual(["expired", "pending"]);
  await expect(place(thief)).rejects.toMatchObject({ code: "rate_limit_exceeded" });
  await place(other);
  const tomorrow = { nowMs: () => systemClock.nowMs() + 24 * 60 * 60 * 1_000 };
  await createOrder(
    site.database.db,
    { ...site.deps, clock: tomorrow },
    { ...thief, pack: "custom", amountUsd: "10", attemptKey: newId("request") },
  );
});

it("follows a card from one organization to the next", async () => {
  for (let at = 0; at < 4; at += 1) {
    const { session } = await site.order(await site.owner());
    site.local.declineSession(session, "the same card");
  }
  const last = await site.owner();
  const { id, session } = await site.order(last);
  site.local.declineSession(session, "the same card");
  await deliverAll();
  const request = { ...last, orderId: id, appUrl: APP_URL };
  await expect(openCheckout(site.database.db, site.deps, request)).rejects.toMatchObject({
    code: "rate_limit_exceeded",
  });
});

it("bounds a young organization: ten card orders in an hour, also at once, and $10,000 in a day", async () => {
  const busy = await site.owner();
  const placed = await Promise.allSettled(Array.from({ length: 20 }, () => place(busy)));
  expect(placed.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  const rich = await site.owner();
  await place(rich, "5000");
  await place(rich, "5000");
  await expect(place(rich)).rejects.toMatchObject({ code: "rate_limit_exceeded" });
  await site.database.pool.query(
    "UPDATE organization SET created_at = now() - interval '8 days' WHERE id = $1",
    [rich.organizationId],
  );
  await place(rich);
});
