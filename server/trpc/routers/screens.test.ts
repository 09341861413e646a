// Harm prevented: a member without the role, or of another organization, who spends, sees or ends what is not theirs.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCatalog } from "@/server/catalog";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import { createReceipts, createSigner } from "@/server/ledger";
import type { Role } from "@/server/organizations";
import { manualClock } from "@/server/platform/clock";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { newId } from "@/server/platform/ids";
import { createLog } from "@/server/platform/log";
import { createSecretBox } from "@/server/platform/secret-box";
import { createMemoryShare, createRoutingMemory } from "@/server/routing";
import { createCaller } from "../root";
import type { TrpcServices } from "../services";

let database: TestDatabase;
let services: TrpcServices;
let mine: OwnerFixture;
let other: OwnerFixture;
const clock = manualClock(Date.parse("2026-11-24T12:00:00Z"));

beforeAll(async () => {
  database = await testDatabase();
  mine = await createOwnerFixture(database.db);
  other = await createOwnerFixture(database.db);
  const authSecret = "a secret for these tests";
  services = {
    db: database.db,
    clock,
    log: createLog("silent"),
    catalog: createCatalog({ db: database.db, clock, secretBox: createSecretBox(authSecret) }),
    receipts: createReceipts({
      db: database.db,
      signer: createSigner({ signingKey: undefined, authSecret }),
    }),
    routing: createRoutingMemory({
      db: database.db,
      clock,
      log: createLog("silent"),
      share: createMemoryShare(),
    }),
    mailer: { canSend: true, send: async () => {} },
    mailbox: null,
    stripe: null,
    appUrl: "http://127.0.0.1:3160",
    authSecret,
    sandboxPayments: true,
    webhooks: { secretBox: createSecretBox(authSecret), allowsLoopback: false },
    company: { name: null, address: null, governingLaw: null, supportEmail: null },
    infrastructure: [],
    providers: { github: null, google: null },
    outbound: createGuardedClient(),
  };
});
afterAll(() => database.close());

function as(owner: OwnerFixture, role: Role = "owner", overrides: Partial<TrpcServices> = {}) {
  return createCaller({
    services: { ...services, ...overrides },
    actor: {
      ...owner,
      sessionId: "ses_test",
      email: "test@test.invalid",
      name: "Test",
      isOperator: false,
      hasTwoFactor: false,
      mustSetUpTwoFactor: false,
      organizationName: "Test",
      role,
    },
    headers: new Headers(),
    responseHeaders: new Headers(),
    defer: () => {},
    requestId: newId("request"),
    ip: "127.0.0.1",
    isOwnOrigin: true,
    namedOrganizationId: null,
  });
}

const attempt = (pack: string) => ({ pack, attemptKey: newId("request") });

describe("the way to the first request", () => {
  it("is true in the database at every step", async () => {
    const owner = await createOwnerFixture(database.db);
    const api = as(owner);
    expect(await api.overview.summary()).toMatchObject({
      balance: { totalNanoUsd: 0n },
      firstRun: { hasMoney: false, hasKey: false, firstRequestId: null },
      baseUrl: "http://127.0.0.1:3160/v1",
      recent: [],
    });
    const order = await api.billing.createOrder(attempt("builder"));
    expect((await api.billing.summary()).balance.totalNanoUsd).toBe(0n);
    await api.billing.paySandbox({ orderId: order.id });
    await api.keys.create({ name: "first" });
    const summary = await api.overview.summary();
    expect(summary).toMatchObject({
      balance: { availableNanoUsd: 50_000_000_000n },
      firstRun: { hasMoney: true, hasKey: true, firstRequestId: null },
    });
    expect(summary.days).toHaveLength(30);
    expect(summary.days.at(-1)?.day).toBe("2026-11-24");
    expect(await api.overview.firstRequest()).toEqual({ requestId: null });
  });
});

describe("another organization", () => {
  it("is answered as if the thing did not exist", async () => {
    const order = await as(mine).billing.createOrder(attempt("starter"));
    const { key } = await as(mine).keys.create({ name: "mine" });
    const stranger = as(other);
    const notThere = { code: "NOT_FOUND" };
    for (const orderId of [order.id, newId("order")]) {
      await expect(stranger.billing.order({ orderId })).rejects.toMatchObject(notThere);
      await expect(stranger.billing.paySandbox({ orderId })).rejects.toMatchObject(notThere);
      await expect(stranger.billing.declineSandbox({ orderId })).rejects.toMatchObject(notThere);
      await expect(stranger.billing.cancelSandbox({ orderId })).rejects.toMatchObject(notThere);
    }
    for (const keyId of [key.id, newId("apiKey")]) {
      await expect(stranger.keys.revoke({ keyId })).rejects.toMatchObject(notThere);
    }
    await expect(stranger.requests.get({ id: newId("generation") })).rejects.toMatchObject(notThere);
    expect(await stranger.keys.list()).toEqual([]);
    expect((await stranger.billing.orders({})).orders).toEqual([]);
    expect((await as(mine).billing.order({ orderId: order.id })).status).toBe("created");
  });
});

describe("roles", () => {
  it("keep money to those who handle it, and keys to those who build", async () => {
    const refused = { code: "FORBIDDEN" };
    await expect(as(mine, "viewer").keys.create({ name: "x" })).rejects.toMatchObject(refused);
    await expect(as(mine, "billing").keys.create({ name: "x" })).rejects.toMatchObject(refused);
    await expect(as(mine, "viewer").keys.revoke({ keyId: "key_x" })).rejects.toMatchObject(refused);
    await expect(as(mine, "developer").billing.summary()).rejects.toMatchObject(refused);
    await expect(as(mine, "developer").billing.createOrder(attempt("starter"))).rejects.toMatchObject(
      refused,
    );
    await expect(as(mine, "developer").billing.paySandbox({ orderId: "ord_x" })).rejects.toMatchObject(
      refused,
    );
    expect((await as(mine, "developer").keys.create({ name: "x" })).key.name).toBe("x");
    expect((await as(mine, "billing").billing.createOrder(attempt("starter"))).status).toBe("created");
  });
});

describe("inputs", () => {
  it("refuse fields that would grant something, and the sandbox where it is off", async () => {
    const input = { ...attempt("starter"), status: "paid", organizationId: other.organizationId };
    await expect(as(mine).billing.createOrder(input)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const key = { name: "x", organizationId: other.organizationId };
    await expect(as(mine).keys.create(key)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const order = await as(mine).billing.createOrder(attempt("starter"));
    const production = as(mine, "owner", { sandboxPayments: false });
    await expect(production.billing.paySandbox({ orderId: order.id })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect((await production.billing.packs()).sandboxPayments).toBe(false);
  });
});
