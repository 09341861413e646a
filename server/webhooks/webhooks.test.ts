// Harm prevented: an event that is told twice as two, or never, or to somebody whom it does not concern; a receiver who is
// slow and keeps the others waiting; a signature that the receiver cannot check.
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { EVENT_TYPES, type EventType } from "@/server/events";
import { systemClock } from "@/server/platform/clock";
import {
  deliverDue,
  dispatchEvents,
  getDelivery,
  getEndpoint,
  listDeliveries,
  redeliver,
  removeEndpoint,
  rotateWebhookSecret,
  sendTestEvent,
  setEndpointStatus,
} from ".";
import { claimDue } from "./claim";
import { type Receiver, startReceiver, webhookFixture } from "./fixtures";
import { send } from "./send";

const HOUR = 3_600_000;
let database: TestDatabase;
let fixture: ReturnType<typeof webhookFixture>;
let receiver: Receiver;
let organizationId: string;
/** Real time, which the library's tolerance looks at, moved on by hand. */
let movedMs = 0;
const clock = { nowMs: () => systemClock.nowMs() + movedMs };

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 20 });
  fixture = webhookFixture(database.db, clock);
});
afterAll(async () => {
  await fixture.client.close();
  await database.close();
});
beforeEach(async () => {
  movedMs = 0;
  await database.pool.query("DELETE FROM webhook_endpoint");
  receiver = await startReceiver();
  organizationId = await fixture.organization();
  return () => receiver.close();
});

const headersOf = (index: number) => receiver.received[index]?.headers as Record<string, string>;
const bodyOf = (index: number) => receiver.received[index]?.body ?? "";
const only = async () => {
  const [delivery] = (await listDeliveries(database.db, { organizationId, limit: 10 })).deliveries;
  if (!delivery) throw new Error("no delivery");
  return getDelivery(database.db, { organizationId, deliveryId: delivery.id });
};

describe("a delivery", () => {
  it("is verified by the Standard Webhooks library, and by no other secret", async () => {
    const { secret } = await fixture.endpoint(organizationId, receiver.url);
    const eventId = await fixture.happen(organizationId);
    expect(await fixture.run()).toEqual({ delivered: 1, failed: 0 });
    const payload = new Webhook(secret).verify(bodyOf(0), headersOf(0));
    expect(payload).toMatchObject({
      id: eventId,
      type: "key.created",
      organization_id: organizationId,
      data: { name: "Zoë's key" },
    });
    expect(headersOf(0)["webhook-id"]).toBe(eventId);
    expect(() => new Webhook("whsec_b3RoZXI=").verify(bodyOf(0), headersOf(0))).toThrow("signature");
    expect(() => new Webhook(secret).verify(`${bodyOf(0)} `, headersOf(0))).toThrow("signature");
    expect((await only()).state).toBe("succeeded");
    expect(await fixture.run()).toEqual({ delivered: 0, failed: 0 });
  });

  it("goes to the endpoints of its organization that want it, once each", async () => {
    const stranger = await fixture.organization();
    const theirs = await startReceiver();
    await fixture.endpoint(stranger, theirs.url);
    await fixture.endpoint(organizationId, `${receiver.url}/members`, ["member.*"]);
    const { endpoint } = await fixture.endpoint(organizationId, `${receiver.url}/keys`, ["key.*"]);
    await fixture.happen(organizationId);
    await Promise.all([fixture.run(), fixture.run(), fixture.run()]);
    const { deliveries } = await listDeliveries(database.db, { organizationId, limit: 10 });
    expect(deliveries).toMatchObject([{ endpointId: endpoint.id, attempts: 1 }]);
    expect([receiver.received.length, theirs.received.length]).toEqual([1, 0]);
    await theirs.close();
  });

  it("is not made for what happened before its endpoint was there, or listened again", async () => {
    await fixture.happen(organizationId);
    const { endpoint } = await fixture.endpoint(organizationId, receiver.url);
    expect(await fixture.run()).toEqual({ delivered: 0, failed: 0 });
    const turn = (status: "active" | "disabled") =>
      database.db.transaction((tx) =>
        setEndpointStatus(tx, clock, { organizationId, endpointId: endpoint.id, by: SYSTEM_ACTOR, status }),
      );
    await turn("disabled");
    await fixture.happen(organizationId);
    await turn("active");
    expect(await fixture.run()).toEqual({ delivered: 0, failed: 0 });
    const after = await fixture.happen(organizationId);
    expect(await fixture.run()).toEqual({ delivered: 1, failed: 0 });
    expect(headersOf(0)["webhook-id"]).toBe(after);
  });

  it("is signed with both secrets for a day after the change", async () => {
    const { endpoint, secret: old } = await fixture.endpoint(organizationId, receiver.url);
    const { secret } = await database.db.transaction((tx) =>
      rotateWebhookSecret(tx, clock, fixture.deps, {
        organizationId,
        endpointId: endpoint.id,
        by: SYSTEM_ACTOR,
      }),
    );
    await fixture.happen(organizationId);
    await fixture.run();
    for (const each of [old, secret]) new Webhook(each).verify(bodyOf(0), headersOf(0));
    movedMs = 24 * HOUR;
    await fixture.happen(organizationId);
    await fixture.run();
    expect(headersOf(0)["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(headersOf(1)["webhook-signature"]?.split(" ")).toHaveLength(1);
  });

  it("that failed is repeated after 5 seconds with the same id and body, a new time, and then ends", async () => {
    await fixture.endpoint(organizationId, receiver.url);
    receiver.answer = (_request, response) => void response.writeHead(500).end("<script>alert(1)</script>\0");
    await fixture.happen(organizationId);
    await fixture.run();
    movedMs = 4_000;
    await fixture.run();
    expect(receiver.received).toHaveLength(1);
    receiver.answer = (_request, response) => void response.end();
    movedMs = 6_000;
    await fixture.run();
    expect(receiver.received).toHaveLength(2);
    expect(bodyOf(1)).toBe(bodyOf(0));
    expect(headersOf(1)["webhook-id"]).toBe(headersOf(0)["webhook-id"]);
    expect(headersOf(1)["webhook-timestamp"]).not.toBe(headersOf(0)["webhook-timestamp"]);
    expect(await only()).toMatchObject({
      state: "succeeded",
      log: [
        { status: 500, error: "status" },
        { status: 200, error: null },
      ],
    });
  });

  it("waits as long as a 429 asks", async () => {
    await fixture.endpoint(organizationId, receiver.url);
    receiver.answer = (_request, response) => void response.writeHead(429, { "retry-after": "90" }).end();
    await fixture.happen(organizationId);
    await fixture.run();
    const waits = ((await only()).nextAttemptAt?.getTime() ?? 0) - clock.nowMs();
    expect(waits).toBeGreaterThan(85_000);
    expect(waits).toBeLessThanOrEqual(90_000);
  });

  it("is given up after eight attempts, and can be sent again by hand under its own id", async () => {
    await fixture.endpoint(organizationId, receiver.url);
    receiver.answer = (_request, response) => void response.writeHead(503).end();
    const eventId = await fixture.happen(organizationId);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await fixture.run();
      movedMs += 11 * HOUR;
    }
    expect(receiver.received).toHaveLength(8);
    const given = await only();
    expect(given).toMatchObject({ state: "failed", attempts: 8, nextAttemptAt: null });
    receiver.answer = (_request, response) => void response.end("thanks");
    await redeliver(database.db, clock, { organizationId, deliveryId: given.id });
    await fixture.run();
    expect(headersOf(8)["webhook-id"]).toBe(eventId);
    expect(await only()).toMatchObject({ state: "succeeded", attempts: 9, lastAnswer: "thanks" });
  });

  it("that was made but not recorded, because the process died, is repeated with the same id", async () => {
    const { secret } = await fixture.endpoint(organizationId, receiver.url);
    const eventId = await fixture.happen(organizationId);
    await dispatchEvents(database.db, clock);
    const [claimed] = await claimDue(database.db, clock.nowMs(), 10);
    if (!claimed) throw new Error("nothing was due");
    // It sends, and dies before it writes the outcome.
    expect((await send(fixture.deps, claimed)).error).toBeNull();
    expect(await deliverDue(fixture.deps)).toEqual({ delivered: 0, failed: 0 });
    movedMs = 61_000;
    expect(await deliverDue(fixture.deps)).toEqual({ delivered: 1, failed: 0 });
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([eventId, eventId]);
    new Webhook(secret).verify(bodyOf(1), headersOf(1));
  });

  it("to a redirect, a refused address or nobody fails and says so", async () => {
    receiver.answer = (_request, response) => void response.writeHead(302, { location: receiver.url }).end();
    const { endpoint } = await fixture.endpoint(organizationId, receiver.url);
    await fixture.happen(organizationId);
    await fixture.run();
    expect((await only()).lastAttempt).toMatchObject({ status: 302, error: "redirect" });
    const urls = [
      ["http://127.0.0.1:9/", "connection_failed"],
      ["https://10.0.0.1/", "url_not_allowed"],
    ];
    for (const [url, error] of urls) {
      await database.pool.query("UPDATE webhook_endpoint SET url = $1", [url]);
      movedMs += HOUR;
      await fixture.run();
      expect((await only()).lastAttempt).toMatchObject({ status: null, error });
    }
    expect(receiver.received).toHaveLength(1);
    expect((await getEndpoint(database.db, { organizationId, endpointId: endpoint.id })).status).toBe(
      "active",
    );
  });
});

describe("an endpoint", () => {
  it("is switched off by 410 at once, and what was on its way ends", async () => {
    const { endpoint } = await fixture.endpoint(organizationId, receiver.url);
    receiver.answer = (_request, response) => void response.writeHead(410).end();
    await fixture.happen(organizationId);
    await fixture.run();
    await fixture.happen(organizationId);
    movedMs = HOUR;
    await fixture.run();
    expect(receiver.received).toHaveLength(1);
    expect(await getEndpoint(database.db, { organizationId, endpointId: endpoint.id })).toMatchObject({
      status: "disabled",
      disabledReason: "gone",
    });
    const { rows } = await database.pool.query("SELECT action FROM audit_event WHERE target_id = $1", [
      endpoint.id,
    ]);
    expect(rows.map(({ action }) => action)).toContain("webhook.updated");
  });

  it("is switched off after five days of nothing but failures", async () => {
    const of = {
      organizationId,
      endpointId: (await fixture.endpoint(organizationId, receiver.url)).endpoint.id,
    };
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    for (let day = 0; day <= 5; day += 1) {
      expect((await getEndpoint(database.db, of)).status).toBe("active");
      movedMs = day * 24 * HOUR + 1_000;
      await fixture.happen(organizationId);
      await fixture.run();
    }
    expect(await getEndpoint(database.db, of)).toMatchObject({
      status: "disabled",
      disabledReason: "failing",
    });
    await database.db.transaction((tx) =>
      setEndpointStatus(tx, clock, { ...of, by: SYSTEM_ACTOR, status: "active" }),
    );
    receiver.answer = (_request, response) => void response.end();
    await fixture.happen(organizationId);
    expect(await fixture.run()).toEqual({ delivered: 1, failed: 0 });
  });

  it("that is removed while its delivery flies takes its log with it", async () => {
    const { endpoint } = await fixture.endpoint(organizationId, receiver.url);
    await fixture.happen(organizationId);
    receiver.answer = (_request, response) => {
      const of = { organizationId, endpointId: endpoint.id, by: SYSTEM_ACTOR };
      void database.db.transaction((tx) => removeEndpoint(tx, clock, of)).then(() => response.end());
    };
    expect(await fixture.run()).toEqual({ delivered: 0, failed: 0 });
    expect((await listDeliveries(database.db, { organizationId, limit: 10 })).deliveries).toEqual([]);
  });

  it("has at most 49 sisters, also when two are made at once", async () => {
    await Promise.all(Array.from({ length: 49 }, () => fixture.endpoint(organizationId, receiver.url)));
    const last = await Promise.allSettled(
      [1, 2, 3].map(() => fixture.endpoint(organizationId, receiver.url)),
    );
    expect(last.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it.each(Object.keys(EVENT_TYPES) as EventType[])("can be sent a test of %s", async (type) => {
    const { endpoint, secret } = await fixture.endpoint(organizationId, receiver.url, ["payout.*"]);
    await sendTestEvent(database.db, clock, { organizationId, endpointId: endpoint.id, type });
    await fixture.run();
    const payload = new Webhook(secret).verify(bodyOf(0), headersOf(0));
    expect(payload).toMatchObject({ type, data: EVENT_TYPES[type].sample });
    expect((await only()).isTest).toBe(true);
  });
});

it("lets one slow receiver among ten fast ones delay nobody but itself", async () => {
  const slow = await startReceiver();
  slow.answer = () => {};
  const fast = await Promise.all(Array.from({ length: 10 }, startReceiver));
  await fixture.endpoint(organizationId, slow.url);
  const owners = await Promise.all(fast.map(() => fixture.organization()));
  await Promise.all(fast.map(({ url }, at) => fixture.endpoint(owners[at] ?? "", url)));
  const each = 6;
  for (let at = 0; at < each; at += 1)
    await Promise.all([organizationId, ...owners].map((owner) => fixture.happen(owner)));
  await dispatchEvents(database.db, clock);
  const startMs = systemClock.nowMs();
  let fastDoneMs = 0;
  const watch = setInterval(() => {
    if (fastDoneMs === 0 && fast.every(({ received }) => received.length === each))
      fastDoneMs = systemClock.nowMs() - startMs;
  }, 10);
  const figures = await deliverDue({ ...fixture.deps, timeoutMs: 3_000, random: () => 0.999 });
  clearInterval(watch);
  expect(figures.delivered).toBe(each * 10);
  expect(fastDoneMs).toBeGreaterThan(0);
  expect(fastDoneMs).toBeLessThan(3_000);
  await Promise.all([slow, ...fast].map((one) => one.close()));
}, 60_000);
