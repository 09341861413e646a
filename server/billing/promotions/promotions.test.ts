// Harm prevented: a code that gives money twice, to more than it was meant for, after its end, or to who guesses it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditActor } from "@/server/audit";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import { checkInvariants, readBalance, sweep } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import { createPromotion, endPromotion, listPromotions, listRedemptions, redeemPromotion } from ".";
import { randomCode, toCode } from "./code";
import type { NewPromotion } from "./promotions";

const usd = (dollars: number) => BigInt(dollars) * NANO_USD_PER_USD;
const by: AuditActor = { kind: "operator", id: null, label: "Operator", ip: null };
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 40 });
});
afterAll(async () => {
  expect(await checkInvariants(database.pool)).toEqual([]);
  await database.close();
});

const create = (over: Partial<NewPromotion> = {}) =>
  createPromotion(database.db, systemClock, {
    code: null,
    amountNanoUsd: usd(25),
    creditDays: 30,
    maxRedemptions: 100,
    redeemableUntil: new Date(systemClock.nowMs() + 86_400_000),
    maxOrganizationAgeDays: null,
    note: null,
    by,
    ...over,
  });
const redeem = (owner: Pick<OwnerFixture, "organizationId" | "userId">, code: string) =>
  redeemPromotion(database.db, systemClock, {
    organizationId: owner.organizationId,
    userId: owner.userId,
    code,
    audit: by,
  });
const total = async ({ organizationId }: Pick<OwnerFixture, "organizationId">) =>
  (await readBalance(database.db, organizationId)).totalNanoUsd;
const owner = () => createOwnerFixture(database.db);
const outcomes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.filter(({ status }) => status === "fulfilled").length;

describe("redeeming a code", () => {
  it("gives its credit, which ends", async () => {
    const one = await owner();
    const { code } = await create();
    await redeem(one, ` ${code.toLowerCase()} `);
    expect(await total(one)).toBe(usd(25));
    expect(await listRedemptions(database.db, one.organizationId, 20)).toMatchObject([
      { amountNanoUsd: usd(25) },
    ]);
    await database.pool.query(
      "UPDATE promotional_grant SET expires_at = now() - interval '1 second' WHERE organization_id = $1",
      [one.organizationId],
    );
    await sweep(database.pool);
    expect(await total(one)).toBe(0n);
  });

  it("20 times at once credits once", async () => {
    const one = await owner();
    const { code, id } = await create();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(one, code)));
    expect(outcomes(results)).toBe(1);
    expect(await total(one)).toBe(usd(25));
    await expect(redeem(one, code)).rejects.toMatchObject({ code: "conflict" });
    const made = (await listPromotions(database.db)).find((row) => row.id === id);
    expect(made?.redemptions).toBe(1);
  });

  it("by 20 organizations at once never passes the maximum", async () => {
    const { code } = await create({ maxRedemptions: 7 });
    const owners = await Promise.all(Array.from({ length: 20 }, owner));
    const results = await Promise.allSettled(owners.map((one) => redeem(one, code)));
    expect(outcomes(results)).toBe(7);
    const sums = await Promise.all(owners.map(total));
    expect(sums.reduce((sum, amount) => sum + amount, 0n)).toBe(usd(7 * 25));
    await expect(redeem(await owner(), code)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("as often as it can be"),
    });
  });

  it("once for a person, whatever organizations they make, and once for an organization", async () => {
    const { code } = await create();
    const [first, second] = [await owner(), await owner()];
    await redeem(first, code);
    const again = [
      { organizationId: second.organizationId, userId: first.userId },
      { organizationId: first.organizationId, userId: second.userId },
    ];
    for (const who of again) await expect(redeem(who, code)).rejects.toMatchObject({ code: "conflict" });
    expect(await total(second)).toBe(0n);
    await redeem(second, code);
  });

  it("is refused alike when there is no such code, when it ended, and when its time is over", async () => {
    const one = await owner();
    const over = await create();
    await database.pool.query("UPDATE promotion SET redeemable_until = now() WHERE id = $1", [over.id]);
    const ended = await create();
    await endPromotion(database.db, systemClock, { code: ended.code, by });
    for (const code of [over.code, ended.code, randomCode(), "", "'; DROP TABLE promotion", "\0", "🎁🎁🎁🎁"])
      await expect(redeem(one, code)).rejects.toMatchObject({
        code: "not_found",
        message: "This code is not valid, or has ended.",
      });
    expect(await total(one)).toBe(0n);
  });

  it("can be kept for new organizations", async () => {
    const { code } = await create({ maxOrganizationAgeDays: 7 });
    const old = await owner();
    await database.pool.query(
      "UPDATE organization SET created_at = now() - interval '8 days' WHERE id = $1",
      [old.organizationId],
    );
    await expect(redeem(old, code)).rejects.toMatchObject({ code: "conflict" });
    await redeem(await owner(), code);
  });
});

describe("a promotion", () => {
  it("is refused for terms that do not add up, and for a code that exists", async () => {
    for (const [param, over] of [
      ["amountUsd", { amountNanoUsd: 0n }],
      ["amountUsd", { amountNanoUsd: usd(10_001) }],
      ["creditDays", { creditDays: 0 }],
      ["maxRedemptions", { maxRedemptions: 1.5 }],
      ["redeemableUntil", { redeemableUntil: new Date(0) }],
      ["code", { code: "-no-" }],
    ] as const)
      await expect(create(over)).rejects.toMatchObject({ code: "invalid_request", param });
    await create({ code: "welcome-2026" });
    await expect(create({ code: "WELCOME-2026" })).rejects.toMatchObject({ code: "conflict" });
    await expect(endPromotion(database.db, systemClock, { code: "no-such-code", by })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("has codes that are not guessed", () => {
    const codes = Array.from({ length: 500 }, randomCode);
    expect(new Set(codes).size).toBe(500);
    expect(codes.every((code) => toCode(code) === code && code.length === 14)).toBe(true);
  });
});
