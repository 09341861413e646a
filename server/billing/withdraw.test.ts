// Harm prevented: an order that nobody can take back, one that is paid after it was, or that is taken back after it was paid.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditActor } from "@/server/audit";
import type { OwnerFixture } from "@/server/keys/fixtures";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { createOrder, openCheckout, readOrder, withdrawOrder } from ".";
import type { OrderStatus } from "./order-states";
import { APP_URL, type StripeFixture, stripeFixture } from "./stripe/fixtures";

const by: AuditActor = { kind: "system", id: null, label: "test", ip: null };
let site: StripeFixture;
beforeAll(async () => {
  site = await stripeFixture();
});
afterAll(() => site.close());

const withdraw = ({ organizationId }: OwnerFixture, orderId: string) =>
  site.database.db.transaction((tx) => withdrawOrder(tx, site.deps, { organizationId, orderId, by }));
const statusOf = async ({ organizationId }: OwnerFixture, orderId: string) =>
  (await readOrder(site.database.db, { organizationId, orderId }, systemClock)).status;
const tracesOf = async ({ organizationId }: OwnerFixture) => {
  const { rows: events } = await site.database.pool.query<{ type: string }>(
    "SELECT type FROM event WHERE organization_id = $1 AND type = 'order.canceled'",
    [organizationId],
  );
  const { rows: trail } = await site.database.pool.query<{ before: object; after: object }>(
    "SELECT before, after FROM audit_event WHERE chain = $1 AND action = 'order.withdrawn'",
    [organizationId],
  );
  return { events: events.length, trail };
};
const place = (owner: OwnerFixture, pack: string) =>
  createOrder(site.database.db, site.deps, { ...owner, pack, attemptKey: newId("request") });

describe("an order that is withdrawn", () => {
  it.each(["awaiting_approval", "created", "in_review"] as const)(
    "while it is %s is over, told once",
    async (status) => {
      const owner = await site.owner();
      const { id } = await place(owner, "business");
      await site.database.pool.query('UPDATE "order" SET status = $1 WHERE id = $2', [status, id]);
      const done = await Promise.all(Array.from({ length: 8 }, () => withdraw(owner, id)));
      expect(done.every((each) => each.status === "canceled")).toBe(true);
      const { events, trail } = await tracesOf(owner);
      expect([events, trail]).toEqual([1, [{ before: { status }, after: { status: "canceled" } }]]);
    },
  );

  it("closes its checkout at Stripe, and cannot be paid there any more", async () => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    await withdraw(owner, id);
    expect(site.local.store.get(session, "checkout.session").status).toBe("expired");
    for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
    expect(await statusOf(owner, id)).toBe("canceled");
    await expect(
      openCheckout(site.database.db, site.deps, { ...owner, orderId: id, appUrl: APP_URL }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("that was paid a moment before stays, and is credited", async () => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    site.local.paySession(session);
    await expect(withdraw(owner, id)).rejects.toMatchObject({ code: "conflict" });
    expect(await statusOf(owner, id)).toBe("pending");
    for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
    expect(await statusOf(owner, id)).toBe("paid");
    expect(await site.total(owner.organizationId)).toBe(50n * NANO_USD_PER_USD);
    await expect(withdraw(owner, id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("whose checkout lapsed already is over all the same", async () => {
    const owner = await site.owner();
    const { id, session } = await site.order(owner);
    Object.assign(site.local.store.get(session, "checkout.session"), { status: "expired", url: null });
    expect(await withdraw(owner, id)).toMatchObject({ status: "canceled" });
  });

  it("stays as it was while Stripe cannot be asked", async () => {
    const owner = await site.owner();
    const { id } = await site.order(owner);
    site.local.setFault("cut");
    await expect(withdraw(owner, id)).rejects.toMatchObject({ code: "service_unavailable" });
    site.local.setFault("none");
    expect(await statusOf(owner, id)).toBe("pending");
    expect(await tracesOf(owner)).toEqual({ events: 0, trail: [] });
  }, 30_000);

  it.each(["approved", "paid", "rejected", "refunded", "disputed", "failed"] satisfies OrderStatus[])(
    "is left alone when it is %s",
    async (status) => {
      const owner = await site.owner();
      const { id } = await place(owner, "business");
      await site.database.pool.query('UPDATE "order" SET status = $1 WHERE id = $2', [status, id]);
      await expect(withdraw(owner, id)).rejects.toMatchObject({ code: "conflict" });
      expect(await statusOf(owner, id)).toBe(status);
      // The books of the whole test have no such payment.
      await site.database.pool.query("UPDATE \"order\" SET status = 'canceled' WHERE id = $1", [id]);
    },
  );

  it("is no automatic top-up, which is charged by itself, and nobody else's", async () => {
    const owner = await site.owner();
    const { id } = await place(owner, "starter");
    await expect(withdraw(await site.owner(), id)).rejects.toMatchObject({ code: "not_found" });
    await site.database.pool.query("UPDATE \"order\" SET pack = 'auto_recharge' WHERE id = $1", [id]);
    await expect(withdraw(owner, id)).rejects.toMatchObject({ code: "conflict" });
    expect(await statusOf(owner, id)).toBe("created");
  });
});
