import { type LocalStripe, signEvent, startLocalStripe } from "@/server/dev/stripe";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import { checkInvariants, readBalance } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import { newId } from "@/server/platform/ids";
import { createLog } from "@/server/platform/log";
import type { BillingDeps } from "../create-order";
import { createOrder } from "../create-order";
import { openStripe, type StripeAccess } from "./access";
import { openCheckout } from "./checkout";
import { receiveStripeEvent } from "./webhook";

export const SECRET = "whsec_of_the_tests_0001";
export const OLD_SECRET = "whsec_of_the_tests_0000";
export const APP_URL = "http://site.example";

export interface StripeFixture {
  readonly database: TestDatabase;
  readonly local: LocalStripe;
  readonly stripe: StripeAccess;
  readonly deps: BillingDeps;
  owner(): Promise<OwnerFixture>;
  /** Places an order and opens its checkout. */
  order(
    owner: OwnerFixture,
    options?: { amountUsd?: string; savesCard?: boolean },
  ): Promise<{ id: string; session: string }>;
  /** Hands an event to the webhook, signed now. @param db a database that fails where a test wants it to */
  deliver(body: string, options?: { secret?: string; db?: Database }): Promise<number>;
  /** All events since the last call, in the order of their making. */
  fresh(): string[];
  total(organizationId: string): Promise<bigint>;
  close(): Promise<void>;
}

/** The product's Stripe code against the local Stripe and a private database. */
export async function stripeFixture(): Promise<StripeFixture> {
  const database = await testDatabase({ maxConnections: 60 });
  const local = await startLocalStripe();
  const stripe = openStripe({
    secretKey: local.secretKey,
    webhookSecret: `${SECRET},${OLD_SECRET}`,
    apiBase: local.url,
  });
  if (!stripe) throw new Error("Stripe is not configured");
  const deps: BillingDeps = { clock: systemClock, stripe, sandboxPayments: false };
  let seen = 0;
  return {
    database,
    local,
    stripe,
    deps,
    owner: () => createOwnerFixture(database.db),
    async order(owner, { amountUsd = "50", savesCard = false } = {}) {
      const { id } = await createOrder(database.db, deps, {
        ...owner,
        pack: "custom",
        amountUsd,
        savesCard,
        attemptKey: newId("request"),
      });
      const { url } = await openCheckout(database.db, deps, { ...owner, orderId: id, appUrl: APP_URL });
      return { id, session: url.split("/").at(-1) ?? "" };
    },
    async deliver(body, { secret = SECRET, db = database.db } = {}) {
      const signature = signEvent(body, secret, systemClock.nowMs());
      const webhook = { db, clock: systemClock, log: createLog("silent"), stripe };
      return (await receiveStripeEvent(webhook, Buffer.from(body), signature)).status;
    },
    fresh() {
      const events = local.events.slice(seen).map(({ body }) => body);
      seen = local.events.length;
      return events;
    },
    total: async (organizationId) => (await readBalance(database.db, organizationId)).totalNanoUsd,
    async close() {
      const broken = await checkInvariants(database.pool);
      await local.close();
      await database.close();
      if (broken.length > 0) throw new Error(`invariants broken: ${JSON.stringify(broken)}`);
    },
  };
}

/** A database whose every nth transaction dies after its last statement and before its commit. */
export function crashing(db: Database, every: number): Database {
  let count = 0;
  return new Proxy(db, {
    get(target, name) {
      if (name !== "transaction") return Reflect.get(target, name) as unknown;
      return (work: Parameters<Database["transaction"]>[0]) =>
        target.transaction(async (tx) => {
          const done = await work(tx);
          count += 1;
          if (count % every === 0) throw new Error("the process died here");
          return done;
        });
    },
  });
}
