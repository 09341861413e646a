import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { organization, project } from "@/db/schema";
import { createGate, createMemoryStore } from "@/server/admission";
import { createGuardedStore } from "@/server/admission/guarded-store";
import { addCredential, createCatalog, importCatalog } from "@/server/catalog";
import { startSimulator } from "@/server/dev/simulator";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createKey, createKeyFinder } from "@/server/keys";
import {
  checkInvariants,
  createAdmissionSteps,
  createReceipts,
  createSigner,
  creditBalance,
  readBalance,
} from "@/server/ledger";
import { getRequest, type RequestDetail } from "@/server/logs";
import type { RoutingPolicy } from "@/server/organizations";
import { createAccessReader } from "@/server/organizations";
import { systemClock } from "@/server/platform/clock";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { newId } from "@/server/platform/ids";
import { createLog } from "@/server/platform/log";
import { createSecretBox } from "@/server/platform/secret-box";
import { createTokenCounter } from "@/server/platform/tokens";
import { createUpstreamClient } from "@/server/providers";
import {
  createHealthBoard,
  createHealthReporter,
  createMemoryShare,
  createRetryBudget,
  createSessionMemory,
  type HealthReporter,
} from "@/server/routing";
import { createContentAddresses, createGateway, createNodeAdapter, createWebAdapter } from "./index";

export const USD = 1_000_000_000n;

const PROVIDERS = {
  first: "openai-compatible",
  second: "openai-compatible",
  third: "anthropic",
  fourth: "openai-responses",
} as const;

/** Models at two providers (the first is cheaper), at one, and at one of another protocol, all answered by the simulator. */
function catalogueFor(simulatorUrl: string) {
  const endpointAt = (provider: string, input: string, output: string) => ({
    provider,
    upstreamModel: `${provider}-model`,
    source: "test",
    sourceDate: "2026-01-01",
    prices: [
      { unit: "input", usdPerMillion: input },
      { unit: "cached_input", usdPerMillion: "0.10" },
      { unit: "output", usdPerMillion: output },
      ...(provider === "third" ? [{ unit: "search", usdPerMillion: "10000" }] : []),
    ],
  });
  const withSearches = (endpoint: ReturnType<typeof endpointAt>) => ({
    ...endpoint,
    prices: [...endpoint.prices, { unit: "search", usdPerMillion: "10000" }],
  });
  const model = {
    contextLength: 128_000,
    maxOutputTokens: 4_096,
    inputModalities: ["text", "image"],
    outputModalities: ["text"],
  };
  return {
    version: 1,
    providers: Object.entries(PROVIDERS).map(([slug, kind]) => ({
      slug,
      name: slug,
      kind,
      baseUrl: `${simulatorUrl}/${slug}/v1`,
    })),
    models: [
      {
        ...model,
        slug: "test/pair",
        name: "Pair",
        endpoints: [endpointAt("first", "0.40", "1.60"), endpointAt("second", "0.50", "1.80")],
      },
      {
        ...model,
        slug: "test/long",
        name: "Long",
        contextLength: 1_000_000,
        endpoints: [endpointAt("second", "0.40", "1.60")],
      },
      { ...model, slug: "test/single", name: "Single", endpoints: [endpointAt("first", "0.40", "1.60")] },
      {
        ...model,
        slug: "test/responses",
        name: "Responses",
        endpoints: [withSearches(endpointAt("fourth", "0.40", "1.60"))],
      },
      {
        ...model,
        slug: "test/both",
        name: "Both",
        endpoints: [endpointAt("fourth", "0.40", "1.60"), endpointAt("first", "0.50", "1.80")],
      },
      { ...model, slug: "test/messages", name: "Messages", endpoints: [endpointAt("third", "0.40", "1.60")] },
      {
        ...model,
        slug: "test/mixed",
        name: "Mixed",
        endpoints: [endpointAt("third", "0.40", "1.60"), endpointAt("second", "0.50", "1.80")],
      },
    ],
  };
}

const SECRET = "a secret for tests only";
const SITE = "http://localhost";

interface FixtureOptions {
  /** Another catalogue than the usual one; it gets the simulator's address. */
  readonly catalogue?: (simulatorUrl: string) => unknown;
  /** API keys by provider: one, or several that take turns. */
  readonly credentials?: Readonly<Record<string, string | readonly string[]>>;
  /** Lets addresses that providers name lead to this machine. */
  readonly allowsLoopback?: boolean;
  /** The counter store answers nothing: requests take the strict path. */
  readonly countersAway?: boolean;
  /** An address that leads to the database, for the gateway alone. */
  readonly throughDatabase?: (databaseUrl: string) => Promise<string>;
}

export type AdapterName = "node" | "web";

/** What routing remembers, forgotten on demand: a test's broken provider must not be the next one's. */
function forgettingMemory(db: TestDatabase["db"]) {
  const fresh = () => ({
    board: createHealthBoard({ clock: systemClock, share: createMemoryShare() }),
    sessions: createSessionMemory(systemClock),
    retryBudget: createRetryBudget(),
    policies: [] as readonly RoutingPolicy[],
  });
  let known = fresh();
  return {
    forget: () => {
      known = fresh();
    },
    bind: (policies: readonly RoutingPolicy[]) => {
      known = { ...known, policies };
    },
    routing: {
      get board() {
        return known.board;
      },
      get sessions() {
        return known.sessions;
      },
      get retryBudget() {
        return known.retryBudget;
      },
      policiesOf: async () => known.policies,
      random: Math.random,
      report: (endpoints: Parameters<HealthReporter>[0]) =>
        createHealthReporter({ db, clock: systemClock, board: known.board })(endpoints),
    },
  };
}

const noAnswer = () => Promise.reject(new Error("no answer"));

function composeGateway(
  database: DatabaseHandle,
  memory: ReturnType<typeof forgettingMemory>,
  { allowsLoopback = false, countersAway = false }: FixtureOptions,
) {
  const steps = createAdmissionSteps(database.pool);
  const counters = createMemoryStore(systemClock);
  const store = countersAway ? createGuardedStore({ ...counters, admit: noAnswer }, systemClock) : counters;
  const upstream = createUpstreamClient();
  const guarded = createGuardedClient({ allowsLoopback });
  const receipts = createReceipts({
    db: database.db,
    signer: createSigner({ signingKey: undefined, authSecret: SECRET }),
  });
  const catalog = createCatalog({
    db: database.quick,
    clock: systemClock,
    secretBox: createSecretBox(SECRET),
  });
  const gateway = createGateway({
    catalog,
    findKey: createKeyFinder(database.quick),
    accessOf: createAccessReader(database.quick, systemClock),
    gate: createGate({ ...steps, store, clock: systemClock }),
    intents: steps.intents,
    upstream,
    guarded,
    contents: createContentAddresses({ authSecret: SECRET, siteUrl: SITE, clock: systemClock }),
    countTokens: createTokenCounter(),
    clock: systemClock,
    log: createLog("silent"),
    db: database.db,
    pool: database.pool,
    receipts,
    routing: memory.routing,
    limits: { maxDurationMs: 60_000, maxBodyBytes: 4 * 1024 * 1024 },
    topUpUrl: `${SITE}/dashboard/billing`,
    docsUrl: `${SITE}/docs`,
  });
  return { gateway, catalog, upstream, guarded, receipts };
}

/** A gateway with real Postgres and a real HTTP upstream, behind one of the two adapters. */
export async function startGatewayFixture(adapter: AdapterName, options: FixtureOptions = {}) {
  const database = await testDatabase({ maxConnections: 12 });
  const simulator = await startSimulator({ port: 0 });
  await importCatalog(database.db, (options.catalogue ?? catalogueFor)(simulator.url), {
    nowMs: systemClock.nowMs() - 1_000,
  });
  await database.pool.query("UPDATE provider SET status = 'active'");
  for (const [provider, keys] of Object.entries(options.credentials ?? {})) {
    for (const apiKey of [keys].flat())
      await addCredential(database.db, createSecretBox(SECRET), { provider, label: apiKey, apiKey });
  }
  const cabled = options.throughDatabase
    ? openDatabase(await options.throughDatabase(database.url), { maxConnections: 12 })
    : null;
  const memory = forgettingMemory(database.db);
  const { gateway, catalog, upstream, guarded, receipts } = composeGateway(
    cabled ?? database,
    memory,
    options,
  );
  const pending = new Set<Promise<unknown>>();
  const waitUntil = (work: Promise<unknown>) => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  };
  const served = adapter === "node" ? await serveNode(gateway, waitUntil) : serveWeb(gateway, waitUntil);
  return {
    ...served,
    database,
    simulator: {
      ...simulator,
      /** Back to the defaults, with nothing received, and every endpoint's health forgotten. */
      reset() {
        simulator.reset();
        memory.forget();
      },
    },
    /** Imports another catalogue and waits until requests see it. */
    async importCatalogue(next: (simulatorUrl: string) => unknown) {
      await importCatalog(database.db, next(simulator.url), { nowMs: systemClock.nowMs() });
      await catalog.refresh();
    },
    /** Policies that bind every key from now on, until the next reset. */
    bindPolicies: memory.bind,
    /** Waits until everything that was answered is settled. */
    settled: async () => {
      while (pending.size > 0) await Promise.allSettled([...pending]);
    },
    receiptKeys: () => receipts.keys(),
    actAs: actingOn(gateway, waitUntil),
    /** What the sweeper does for videos that nobody asks about. */
    followVideos: () => gateway.followVideos(100),
    /** What the timer does beside the requests. */
    probeHosts: () => gateway.probeHosts(),
    violations: () => checkInvariants(database.pool),
    balance: (organizationId: string) => readBalance(database.db, organizationId),
    request: (organizationId: string, id: string): Promise<RequestDetail> =>
      getRequest(database.db, { organizationId, id }),
    async customer(creditNanoUsd: bigint) {
      const made = await makeCustomer(database.db, creditNanoUsd);
      const { baseUrl: baseURL, fetch } = served;
      return { ...made, client: new OpenAI({ apiKey: made.secret, baseURL, fetch, maxRetries: 0 }) };
    },
    async close() {
      await served.close();
      await upstream.close();
      await guarded.close();
      await simulator.close();
      await cabled?.close();
      await database.close();
    },
  };
}

/** An organization with credit, a project and a key. */
async function makeCustomer(db: TestDatabase["db"], creditNanoUsd: bigint) {
  const organizationId = newId("organization");
  const projectId = newId("project");
  await db.insert(organization).values({ id: organizationId, name: "Test", kind: "personal" });
  await db.insert(project).values({ id: projectId, organizationId, name: "Default", isDefault: true });
  const { key, secret } = await createKey(db, { organizationId, projectId, memberId: null, name: "test" });
  if (creditNanoUsd > 0n) {
    await creditBalance(db, {
      organizationId,
      kind: "grant",
      bucket: "paid",
      source: organizationId,
      amountNanoUsd: creditNanoUsd,
    });
  }
  return { organizationId, projectId, keyId: key.id, secret };
}

export type GatewayFixture = Awaited<ReturnType<typeof startGatewayFixture>>;

interface Served {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

async function serveNode(
  gateway: ReturnType<typeof createGateway>,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<Served> {
  const answer = createNodeAdapter(gateway, waitUntil);
  const server = createServer((req, res) => {
    if (!answer(req, res)) res.writeHead(404).end("page");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    fetch: globalThis.fetch,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A chat as one of our own pages asks for it, for the key of a person's playground. */
function actingOn(gateway: ReturnType<typeof createGateway>, waitUntil: (work: Promise<unknown>) => void) {
  const answer = createWebAdapter(gateway);
  return (keyId: string, headers: Record<string, string>, body: object) =>
    answer(
      new Request("http://127.0.0.1/api/playground/chat/completions", {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      }),
      waitUntil,
      { keyId, path: "/v1/chat/completions" },
    );
}

/** The Web adapter as a `fetch`: requests and responses are the platform's own objects, as in a route handler. */
function serveWeb(
  gateway: ReturnType<typeof createGateway>,
  waitUntil: (work: Promise<unknown>) => void,
): Served {
  const answer = createWebAdapter(gateway);
  return {
    baseUrl: "http://127.0.0.1/v1",
    fetch: async (input, init) => {
      let isAnswered = false;
      // As Next's `after`: refused once the handler has returned its response.
      const response = await answer(new Request(input, init), (work) => {
        if (isAnswered) throw new Error("`after` was called outside a request scope");
        waitUntil(work);
      });
      isAnswered = true;
      return response;
    },
    close: async () => {},
  };
}
