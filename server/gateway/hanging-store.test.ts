// Harm prevented: a caller that waits as long as Postgres hangs; and money that stays reserved, or a provider that is called,
// for a request that was refused meanwhile.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Cable, startCable } from "@/server/dev/cable";
import { sweep } from "@/server/ledger";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const ADAPTERS: readonly AdapterName[] = ["node", "web"];
const body = JSON.stringify({ model: "test/single", messages: [{ role: "user", content: "Hello" }] });

const toResponses = JSON.stringify({ model: "test/single", input: "Hello" });
/** How late every answer of Postgres is: what comes sooner was not kept waiting for it. The promise is two seconds. */
const HANGS_MS = 10_000;

describe.each(ADAPTERS)("a Postgres that hangs, behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  let cable: Cable | undefined;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, {
      async throughDatabase(url) {
        cable = await startCable(url);
        return cable.url;
      },
    });
  });
  afterAll(async () => {
    await fixture.close();
    await cable?.close();
  });
  beforeEach(() => {
    cable?.set({ kind: "none" });
    fixture.simulator.reset();
  });

  const ask = (secret: string, headers: Record<string, string> = {}, path = "/chat/completions") =>
    fixture.fetch(fixture.baseUrl + path, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
      body: path === "/responses" ? toResponses : body,
    });
  const codeOf = async (response: Response) =>
    ((await response.json()) as { error: { code: string } }).error.code;
  const statesOf = async (organizationId: string) => {
    const { rows } = await fixture.database.pool.query<{ state: string; cost: bigint }>(
      "SELECT state, cost FROM intent WHERE organization_id = $1 ORDER BY id",
      [organizationId],
    );
    return rows;
  };
  async function expectNothingHeld(organizationId: string, spent = 0n) {
    expect(await fixture.balance(organizationId)).toMatchObject({
      totalNanoUsd: USD - spent,
      reservedNanoUsd: 0n,
    });
    expect(await fixture.violations()).toEqual([]);
  }

  /** Works, and remembers what a request has to know before money is reserved. */
  async function knownCustomer() {
    const customer = await fixture.customer(USD);
    const first = await ask(customer.secret);
    expect(first.status).toBe(200);
    await first.arrayBuffer();
    await fixture.settled();
    const spent = USD - (await fixture.balance(customer.organizationId)).totalNanoUsd;
    fixture.simulator.reset();
    return { ...customer, spent };
  }

  /** Nobody of the organization gets on in Postgres until this is called: what runs waits for a lock. */
  async function hang(organizationId: string) {
    const client = await fixture.database.pool.connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(organization_lock_key($1))", [organizationId]);
    return async () => {
      await client.query("COMMIT");
      client.release();
    };
  }

  it("is told to the caller while it hangs; an intent that is written afterwards is given back", async () => {
    const { secret, organizationId, spent } = await knownCustomer();
    const letGo = await hang(organizationId);
    const refused = await ask(secret);
    // Answered, and the lock is still held: nobody has waited for it.
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await codeOf(refused)).toBe("service_unavailable");
    expect(await statesOf(organizationId)).toHaveLength(1);
    await letGo();
    await expect.poll(() => statesOf(organizationId), { timeout: 10_000 }).toHaveLength(2);
    await expect
      .poll(async () => (await statesOf(organizationId)).map(({ state }) => state).sort(), {
        timeout: 10_000,
      })
      .toEqual(["settled", "voided"]);
    await fixture.settled();
    await expectNothingHeld(organizationId, spent);
    expect(fixture.simulator.requests()).toEqual([]);
    const again = await ask(secret);
    expect(again.status).toBe(200);
    await again.arrayBuffer();
    await fixture.settled();
  });

  it("prevents money that is lost to an intent of which nobody hears: the sweeper ends it at nothing", async () => {
    const { secret, organizationId, spent } = await knownCustomer();
    const letGo = await hang(organizationId);
    expect((await ask(secret)).status).toBe(503);
    // Everybody who asked has given up before it is written.
    await fixture.settled();
    await letGo();
    await expect.poll(() => statesOf(organizationId), { timeout: 10_000 }).toHaveLength(2);
    await fixture.database.pool.query(
      "UPDATE intent SET expires_at = now() - interval '1 second' WHERE state = 'started'",
    );
    await sweep(fixture.database.pool);
    const [ended] = (await statesOf(organizationId)).filter(({ state }) => state !== "settled");
    expect(ended).toEqual({ state: "expired", cost: 0n });
    await expectNothingHeld(organizationId, spent);
    expect(fixture.simulator.requests()).toEqual([]);
  });

  it("does not keep an answer that is there: what is stored beside it is stored behind it", async () => {
    const { secret } = await knownCustomer();
    fixture.simulator.control({ latencyMs: 500 });
    const asked = [ask(secret, { "idempotency-key": "kept" }), ask(secret, {}, "/responses")];
    await expect.poll(() => fixture.simulator.requests(), { timeout: 10_000 }).toHaveLength(2);
    cable?.set({ kind: "slow", ms: HANGS_MS });
    const beganMs = performance.now();
    for (const answer of await Promise.all(asked)) {
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
    expect(performance.now() - beganMs).toBeLessThan(HANGS_MS);
    cable?.set({ kind: "none" });
    await fixture.settled();
    await expect
      .poll(
        async () => (await ask(secret, { "idempotency-key": "kept" })).headers.get("x-idempotent-replayed"),
        {
          timeout: 20_000,
          interval: 500,
        },
      )
      .toBe("true");
    expect(fixture.simulator.requests()).toHaveLength(2);
  });

  it("is told to the caller when every answer is ten seconds late, and all is as before when it comes back", async () => {
    const { secret, organizationId, spent } = await knownCustomer();
    const unknown = await fixture.customer(USD);
    cable?.set({ kind: "slow", ms: HANGS_MS });
    const beganMs = performance.now();
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => ask(secret)),
      ask(secret, { "idempotency-key": "once" }),
      // A key that nobody has looked up yet.
      ask(unknown.secret),
      ask(secret, {}, "/responses"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(503));
    expect(performance.now() - beganMs).toBeLessThan(HANGS_MS);
    cable?.set({ kind: "none" });
    await fixture.settled();
    await fixture.database.pool.query(
      "UPDATE intent SET expires_at = now() - interval '1 second' WHERE state = 'started'",
    );
    await sweep(fixture.database.pool);
    await expectNothingHeld(organizationId, spent);
    expect(fixture.simulator.requests()).toEqual([]);
    const again = await ask(secret, { "idempotency-key": "once" });
    expect(again.status).toBe(200);
    await again.arrayBuffer();
    await fixture.settled();
  });
});
