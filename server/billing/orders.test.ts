// Harm prevented: money credited twice, or without a payment, or to the wrong organization.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { order } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import { checkInvariants, readBalance } from "@/server/ledger";
import { manualClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { closeOrder, createOrder, listOrders, payOrder, readOrder } from ".";
import { TRANSITIONS } from "./order-states";
import { moveOrder } from "./orders";

let database: TestDatabase;
let owner: OwnerFixture;
const clock = manualClock();
const deps = { clock, stripe: null, sandboxPayments: true };
const usd = (dollars: number) => BigInt(dollars) * NANO_USD_PER_USD;
const total = async () => (await readBalance(database.db, owner.organizationId)).totalNanoUsd;
const place = (input: { pack: string; amountUsd?: string; attemptKey?: string }) =>
  createOrder(database.db, deps, { attemptKey: newId("request"), ...owner, ...input });

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 60 });
});
beforeEach(async () => {
  owner = await createOwnerFixture(database.db);
});
afterAll(async () => {
  expect(await checkInvariants(database.pool)).toEqual([]);
  await database.close();
});

describe("placing an order", () => {
  it("takes packs at their price, and custom amounts between $10 and $5,000", async () => {
    expect(await place({ pack: "builder" })).toMatchObject({ amountNanoUsd: usd(50), status: "created" });
    for (const [text, cents] of [
      ["10", 1_000n],
      ["10.5", 1_050n],
      ["4999.99", 499_999n],
      ["5000.00", 500_000n],
    ] as const) {
      expect(await place({ pack: "custom", amountUsd: text })).toMatchObject({
        amountNanoUsd: (cents * NANO_USD_PER_USD) / 100n,
        status: "created",
        paymentMethod: "sandbox",
      });
    }
  });

  it("sends larger amounts and the Business pack to review", async () => {
    const review = { status: "in_review", paymentMethod: "invoice" };
    expect(await place({ pack: "custom", amountUsd: "5000.01" })).toMatchObject(review);
    expect(await place({ pack: "business" })).toMatchObject({ ...review, amountNanoUsd: usd(5_000) });
    expect(await place({ pack: "business", amountUsd: "25000" })).toMatchObject(review);
  });

  it("refuses every other amount and pack", async () => {
    const amounts = [
      "0",
      "-5",
      "9.99",
      "0.001",
      "10.001",
      "1e9",
      "1000000.01",
      "",
      "NaN",
      "10,00",
      "１０",
      "0x10",
      "10 USD",
    ];
    for (const amountUsd of amounts) {
      await expect(place({ pack: "custom", amountUsd })).rejects.toMatchObject({
        code: "invalid_request",
        param: "amountUsd",
      });
    }
    await expect(place({ pack: "custom" })).rejects.toMatchObject({ param: "amountUsd" });
    await expect(place({ pack: "starter", amountUsd: "5000" })).rejects.toMatchObject({ param: "amountUsd" });
    await expect(place({ pack: "business", amountUsd: "4999" })).rejects.toMatchObject({
      param: "amountUsd",
    });
    for (const pack of ["commit", "gratis", "__proto__"]) {
      await expect(place({ pack })).rejects.toMatchObject({ code: "invalid_request", param: "pack" });
    }
    await expect(place({ pack: "starter", attemptKey: "short" })).rejects.toMatchObject({
      param: "attemptKey",
    });
  });

  it("makes one order of one attempt, however often it is sent", async () => {
    const attemptKey = newId("request");
    const orders = await Promise.all(Array.from({ length: 20 }, () => place({ pack: "scale", attemptKey })));
    expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
    await expect(place({ pack: "growth", attemptKey })).rejects.toMatchObject({ code: "conflict" });
    await expect(place({ pack: "custom", amountUsd: "200", attemptKey })).rejects.toMatchObject({
      code: "conflict",
    });
    const stranger = await createOwnerFixture(database.db);
    expect((await createOrder(database.db, deps, { ...stranger, pack: "growth", attemptKey })).id).not.toBe(
      orders[0]?.id,
    );
  });

  it("is refused for a card where no payment is configured, but not by invoice", async () => {
    const closed = { clock, stripe: null, sandboxPayments: false };
    const input = { ...owner, attemptKey: newId("request") };
    await expect(createOrder(database.db, closed, { ...input, pack: "starter" })).rejects.toMatchObject({
      code: "service_unavailable",
    });
    expect(await createOrder(database.db, closed, { ...input, pack: "business" })).toMatchObject({
      status: "in_review",
    });
  });
});

describe("the sandbox checkout", () => {
  it("credits once for 50 payments at the same moment, and never for looking", async () => {
    const { id: orderId } = await place({ pack: "builder" });
    await readOrder(database.db, { ...owner, orderId }, clock);
    expect(await total()).toBe(0n);
    const name = { organizationId: owner.organizationId, orderId };
    const paid = await Promise.all(Array.from({ length: 50 }, () => payOrder(database.db, deps, name)));
    expect(paid.every(({ status }) => status === "paid")).toBe(true);
    await payOrder(database.db, deps, name);
    expect(await total()).toBe(usd(50));
  });

  it("is refused when it is switched off, for invoices, and for the orders of others", async () => {
    const { id: orderId } = await place({ pack: "starter" });
    const name = { organizationId: owner.organizationId, orderId };
    await expect(
      payOrder(database.db, { clock, stripe: null, sandboxPayments: false }, name),
    ).rejects.toMatchObject({
      code: "permission_denied",
    });
    const review = await place({ pack: "business" });
    await expect(payOrder(database.db, deps, { ...name, orderId: review.id })).rejects.toMatchObject({
      code: "conflict",
    });
    const stranger = await createOwnerFixture(database.db);
    for (const id of [orderId, newId("order")]) {
      await expect(payOrder(database.db, deps, { ...stranger, orderId: id })).rejects.toMatchObject({
        code: "not_found",
        message: "There is no such order.",
      });
    }
    expect(await total()).toBe(0n);
  });

  it("credits nothing for a declined, canceled or expired order", async () => {
    for (const event of ["declined", "canceled"] as const) {
      const { id: orderId } = await place({ pack: "starter" });
      const name = { organizationId: owner.organizationId, orderId };
      const closed = await closeOrder(database.db, deps, { ...name, event });
      expect(closed).toMatchObject({ status: event === "declined" ? "failed" : "canceled" });
      expect(await closeOrder(database.db, deps, { ...name, event })).toEqual(closed);
      await expect(payOrder(database.db, deps, name)).rejects.toMatchObject({ code: "conflict" });
    }
    const { id: orderId } = await place({ pack: "starter" });
    const name = { organizationId: owner.organizationId, orderId };
    clock.advance(24 * 60 * 60 * 1_000);
    expect(await readOrder(database.db, name, clock)).toMatchObject({ status: "expired" });
    await expect(payOrder(database.db, deps, name)).rejects.toMatchObject({ code: "conflict" });
    expect(await total()).toBe(0n);
  });

  it("lets one of pay and cancel win, and the balance agree with it", async () => {
    for (let round = 0; round < 20; round += 1) {
      const before = await total();
      const { id: orderId } = await place({ pack: "starter" });
      const name = { organizationId: owner.organizationId, orderId };
      await Promise.allSettled([
        payOrder(database.db, deps, name),
        closeOrder(database.db, deps, { ...name, event: "canceled" }),
      ]);
      const { status } = await readOrder(database.db, name, clock);
      expect(await total()).toBe(before + (status === "paid" ? usd(10) : 0n));
    }
  });
});

describe("the state machine", () => {
  it("takes every step of its table and no other", async () => {
    const statuses = order.status.enumValues;
    for (const [event, { from, to }] of Object.entries(TRANSITIONS)) {
      for (const status of statuses) {
        const { id: orderId } = await place({ pack: "starter" });
        const isOld = event === "expired" ? "- interval '25 hours'" : "";
        await database.pool.query(
          `UPDATE "order" SET status = $1, created_at = created_at ${isOld} WHERE id = $2`,
          [status, orderId],
        );
        const moved = await moveOrder(
          database.db,
          { ...owner, orderId, event: event as keyof typeof TRANSITIONS },
          clock,
        );
        expect(moved?.status ?? null, `${status} × ${event}`).toBe(from.includes(status) ? to : null);
      }
    }
    expect(await total()).toBe(0n);
  });
});

describe("the order list", () => {
  it("pages newest first, and shows nothing of others", async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) made.unshift((await place({ pack: "starter" })).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listOrders>> = await listOrders(
        database.db,
        { ...owner, cursor, limit: 2 },
        clock,
      );
      seen.push(...page.orders.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(made);
    await expect(
      listOrders(database.db, { ...owner, cursor: "' OR 1=1", limit: 2 }, clock),
    ).rejects.toMatchObject({
      code: "invalid_request",
    });
    const stranger = await createOwnerFixture(database.db);
    expect((await listOrders(database.db, { ...stranger, limit: 10 }, clock)).orders).toEqual([]);
  });
});
