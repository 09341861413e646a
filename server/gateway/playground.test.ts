import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { member, user } from "@/db/schema";
import { playgroundKeyOf, revokeKey } from "@/server/keys";
import { systemClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const chat = { model: "test/single", messages: [{ role: "user", content: "Hello" }] };

// Harm prevented: a way around the meter, the balance or a revocation for whoever sits in front of our own pages.
describe("a playground", () => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture("web");
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  async function player(creditNanoUsd: bigint) {
    const { organizationId } = await fixture.customer(creditNanoUsd);
    const [userId, memberId] = [newId("user"), newId("member")];
    const { db } = fixture.database;
    await db.insert(user).values({ id: userId, email: `${userId}@example.com`, name: "P" });
    await db.insert(member).values({ id: memberId, organizationId, userId, role: "developer" });
    const key = () => db.transaction((tx) => playgroundKeyOf(tx, systemClock, { organizationId, memberId }));
    return { organizationId, memberId, key };
  }

  it("pays like a program: hold, meter, receipt and log, for the person's own key", async () => {
    const { organizationId, memberId, key } = await player(USD);
    const keyId = await key();
    expect(await key()).toBe(keyId);
    const response = await fixture.actAs(keyId, {}, { ...chat, stream: true });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("[DONE]");
    await fixture.settled();
    const id = response.headers.get("x-generation-id") ?? "";
    const logged = await fixture.request(organizationId, id);
    expect(logged).toMatchObject({ outcome: "succeeded", keyName: "Playground", keyId });
    const cost = logged.receipt?.costNanoUsd ?? 0n;
    expect(cost).toBeGreaterThan(0n);
    expect((await fixture.balance(organizationId)).totalNanoUsd).toBe(USD - cost);
    const { rows } = await fixture.database.pool.query("SELECT member_id FROM usage_record WHERE id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ member_id: memberId }]);
    expect(await fixture.violations()).toEqual([]);
  });

  it("is refused without money, and after its key was revoked", async () => {
    const poor = await player(0n);
    expect((await fixture.actAs(await poor.key(), {}, chat)).status).toBe(402);
    const { organizationId, key } = await player(USD);
    const keyId = await key();
    await fixture.database.db.transaction((tx) => revokeKey(tx, { organizationId, keyId }, systemClock));
    expect((await fixture.actAs(keyId, {}, chat)).status).toBe(401);
    // The next visit has a new one.
    const next = await key();
    expect(next).not.toBe(keyId);
    expect((await fixture.actAs(next, {}, chat)).status).toBe(200);
  });

  it("cannot be reached from outside, whatever a client sends", async () => {
    const { key } = await player(USD);
    const keyId = await key();
    for (const given of [keyId, `none ${keyId}`, `dtk_${keyId.slice(4)}`, ""]) {
      const refused = await fixture.fetch(`${fixture.baseUrl}/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${given}`, "x-acting-key-id": keyId, actingkeyid: keyId },
        body: JSON.stringify({ ...chat, actingKeyId: keyId }),
      });
      expect(refused.status).toBe(401);
    }
    expect(fixture.simulator.requests()).toEqual([]);
  });
});
