import { type ChosenStore, chooseStore, createGate, type Gate, type StoreSettings } from "@/server/admission";
import { type ProviderSettings, referralCookieName } from "@/server/auth";
import {
  answerReferralLink,
  openStripe,
  receiveStripeEvent,
  recordReferral,
  type StripeAccess,
  type WebhookDeps,
} from "@/server/billing";
import { createCatalog } from "@/server/catalog";
import { createContentAddresses, createGateway, createWebAdapter, type Gateway } from "@/server/gateway";
import { isJobName, JOBS, type JobDeps, type JobName, runJob } from "@/server/jobs";
import { createKeyFinder } from "@/server/keys";
import { createAdmissionSteps, createReceipts, createSigner } from "@/server/ledger";
import { createMailbox, createMailer } from "@/server/mail";
import { createManagement, type Management } from "@/server/management";
import { createAccessReader } from "@/server/organizations";
import { isBearer } from "@/server/platform/bearer";
import { type Clock, systemClock } from "@/server/platform/clock";
import { type Database, openDatabase } from "@/server/platform/database";
import { env, publishSiteAddress } from "@/server/platform/env";
import { AppError } from "@/server/platform/errors";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { createLog, type Log } from "@/server/platform/log";
import { createSecretBox } from "@/server/platform/secret-box";
import { createTokenCounter } from "@/server/platform/tokens";
import { createUpstreamClient } from "@/server/providers";
import {
  createMemoryShare,
  createRedisShare,
  createRoutingMemory,
  type RoutingMemoryDeps,
} from "@/server/routing";
import { createMetrics, type Metrics, watchGate, watchGateway } from "@/server/telemetry";
import { answerPlayground, type Infrastructure, type TrpcServices } from "@/server/trpc";

/** Everything that is wired, by the only file that wires. */
export interface Runtime {
  readonly gateway: Gateway;
  readonly trpc: TrpcServices;
  readonly log: Log;
  /** The inference API for route handlers on serverless functions. */
  answer(request: Request, after: (work: Promise<unknown>) => void): Promise<Response>;
  /** A chat of the playground: the same gateway, for a session instead of a secret. */
  playground(request: Request, after: (work: Promise<unknown>) => void): Promise<Response>;
  /** A job called by a scheduler over HTTP: 401 without the secret, 404 for a name that is none. */
  runJob(name: string, request: Request): Promise<Response>;
  /** An event that Stripe sends: 404 when Stripe is not configured. */
  stripeEvent(request: Request): Promise<Response>;
  /** A referral link: remembered in the visitor's browser. */
  referralLink(code: string): Response;
  /** Starts every job on its timer, for a process that stays. Answers how to stop them. */
  startJobs(): () => void;
  /** Public keys of receipts and exports, as a JSON Web Key Set. */
  receiptKeys(): Promise<Response>;
  /** RFC 9116; 404 until the operator has named a contact. */
  securityText(): Response;
  isReady(): Promise<boolean>;
  /** Prometheus' text: 404 when no token is configured, 401 without it. */
  metrics(request: Request): Promise<Response>;
  /** Loads what the first request would otherwise wait for. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

const SLOT = Symbol.for("deeptoken.runtime");
/** How often processes tell each other about providers' health. */
const ROUTING_TICK_MS = 1_000;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** One per process, also when Next and the Node adapter each bundle their own copy of this file. */
export function runtime(): Runtime {
  const slots = globalThis as unknown as Record<symbol, Runtime | undefined>;
  slots[SLOT] ??= compose();
  return slots[SLOT];
}

const KEY_SET_HEADERS = {
  "content-type": "application/jwk-set+json",
  "cache-control": "public, max-age=300",
};

function compose(): Runtime {
  const settings = readSettings();
  const log = createLog(env.LOG_LEVEL);
  const clock = systemClock;
  const { db, quick, pool, close } = openDatabase(settings.databaseUrl);
  const secretBox = createSecretBox(settings.authSecret);
  const webhooks = { secretBox, allowsLoopback: settings.allowsLoopbackWebhooks };
  const guarded = createGuardedClient(webhooks);
  const catalog = createCatalog({ db: quick, clock, secretBox });
  const steps = createAdmissionSteps(pool);
  const counters = chooseStore(settings.counters, clock, log);
  const watch = openTelemetry(clock);
  const gate = watch.gate(createGate({ ...steps, store: counters.store, clock }));
  const signer = createSigner({ signingKey: env.RECEIPT_SIGNING_KEY, authSecret: settings.authSecret });
  const receipts = createReceipts({ db, signer });
  const routing = openRouting({ db: quick, clock, log, keyRests: catalog.keyRests }, counters.runner);
  const countTokens = createTokenCounter();
  const upstream = createUpstreamClient();
  const stores = { db, pool, clock, log };
  const gateway = createGateway({
    ...stores,
    catalog,
    findKey: createKeyFinder(quick),
    accessOf: createAccessReader(quick, clock),
    gate,
    intents: steps.intents,
    upstream,
    guarded,
    countTokens,
    receipts,
    routing,
    ...gatewaySettings(settings, clock),
  });
  const stop = startTicker(async () => {
    await routing.tick();
    await gateway.probeHosts();
  });
  const mailbox = settings.allowsMailbox ? createMailbox() : null;
  const mailer = createMailer({ smtpUrl: env.SMTP_URL, from: env.MAIL_FROM, mailbox });
  const { stripe, appUrl } = settings;
  const money = { stripe, mailer, appUrl };
  const trpc = {
    ...{ ...stores, ...money, catalog, receipts, routing, mailbox, webhooks, outbound: guarded },
    authSecret: settings.authSecret,
    sandboxPayments: settings.allowsSandboxPayments,
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    providers: signInProviders(appUrl),
    ...{ ...companyFacts(settings), ...referrals(clock) },
  };
  const jobDeps = {
    ...{ ...stores, ...money, store: counters.store, intents: steps.intents },
    followVideos: gateway.followVideos,
    webhooks: { ...webhooks, client: guarded },
  };
  const front = watch.gateway(withManagement(gateway, createManagement(trpc)));
  const answer = createWebAdapter(front);
  return {
    gateway: front,
    log,
    trpc,
    answer,
    playground: (request, after) => answerPlayground(trpc, answer, request, after),
    runJob: (name, request) => answerScheduler(jobDeps, name, request),
    stripeEvent: (request) => answerStripe({ db, clock, log, stripe }, request),
    referralLink: (code) => answerReferralLink(code, appUrl, referralCookieName(appUrl)),
    startJobs: () => startJobs(jobDeps),
    securityText: () => securityText(settings.appUrl, clock.nowMs()),
    receiptKeys: async () => Response.json({ keys: await receipts.keys() }, { headers: KEY_SET_HEADERS }),
    isReady: () => canQuery(quick),
    metrics: (request) => answerMetrics(watch.metrics, request),
    warmUp: async () => void (await Promise.all([catalog.current(), countTokens("warm")])),
    async close() {
      stop();
      for (const part of [upstream, guarded, counters]) await part.close();
      await close();
    },
  };
}

/** Whom a new organization came by. */
function referrals(clock: Clock): Pick<TrpcServices, "keepReferral"> {
  return { keepReferral: (tx, of) => recordReferral(tx, clock, of) };
}

/** Each is offered when it is configured. */
function signInProviders(appUrl: string): ProviderSettings {
  publishSiteAddress(appUrl);
  const client = (clientId: string | undefined, clientSecret: string | undefined) =>
    clientId && clientSecret ? { clientId, clientSecret } : null;
  return {
    github: client(env.GITHUB_CLIENT_ID, env.GITHUB_CLIENT_SECRET),
    githubUrl: env.GITHUB_URL?.replace(/\/+$/, ""),
    google: client(env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET),
  };
}

async function answerStripe(
  { stripe, ...deps }: Omit<WebhookDeps, "stripe"> & { readonly stripe: StripeAccess | null },
  request: Request,
): Promise<Response> {
  if (!stripe) return new Response(null, { status: 404 });
  const body = new Uint8Array(await request.arrayBuffer());
  const signature = request.headers.get("stripe-signature");
  return new Response(null, await receiveStripeEvent({ ...deps, stripe }, body, signature));
}

/** What routing knows, shared through the counters' Redis if there is one. */
function openRouting(deps: Omit<RoutingMemoryDeps, "share">, runner: ChosenStore["runner"]) {
  const share = runner ? createRedisShare(runner.script, deps.clock) : createMemoryShare();
  return createRoutingMemory({ ...deps, share });
}

/** Keeps what routing knows up to date, beside the requests. @returns how to stop it */
function startTicker(tick: () => Promise<void>): () => void {
  const ticker = setInterval(() => void tick(), ROUTING_TICK_MS);
  ticker.unref();
  return () => clearInterval(ticker);
}

/** Both faces of `/v1` behind the same adapters. */
function withManagement(gateway: Gateway, management: Management): Gateway {
  return {
    ...gateway,
    handle: (request) =>
      management.owns(request.path) ? management.handle(request) : gateway.handle(request),
  };
}

function gatewaySettings({ appUrl, authSecret }: Settings, clock: Clock) {
  return {
    contents: createContentAddresses({ authSecret, siteUrl: appUrl, clock }),
    limits: {
      maxDurationMs: env.GATEWAY_MAX_DURATION_SECONDS * 1_000,
      maxBodyBytes: MAX_BODY_BYTES,
      trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    },
    topUpUrl: `${appUrl}/dashboard/billing`,
    docsUrl: `${appUrl}/docs`,
  };
}

async function canQuery(db: Pick<Database, "execute">): Promise<boolean> {
  return db.execute("SELECT 1").then(
    () => true,
    () => false,
  );
}

/** Wraps what is worth watching; when nobody is to be told of it, it costs nothing. */
function openTelemetry(clock: Clock) {
  const isWatched = env.METRICS_TOKEN !== undefined || env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
  const metrics = createMetrics();
  return {
    metrics,
    gate: (gate: Gate) => (isWatched ? watchGate(gate, metrics, clock) : gate),
    gateway: (gateway: Gateway) => (isWatched ? watchGateway(gateway, metrics, clock) : gateway),
  };
}

async function answerMetrics({ registry }: Metrics, request: Request): Promise<Response> {
  if (!env.METRICS_TOKEN) return new Response(null, { status: 404 });
  if (!isBearer(request.headers.get("authorization"), env.METRICS_TOKEN))
    return new Response(null, { status: 401 });
  return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
}

async function answerScheduler(deps: JobDeps, name: string, request: Request): Promise<Response> {
  if (!isBearer(request.headers.get("authorization"), env.CRON_SECRET))
    return new Response(null, { status: 401 });
  if (!isJobName(name)) return new Response(null, { status: 404 });
  return Response.json((await runJob(deps, name)).figures);
}

function startJobs(deps: JobDeps): () => void {
  const timers = (Object.keys(JOBS) as JobName[]).map((name) =>
    setInterval(() => {
      runJob(deps, name).catch((reason: unknown) =>
        deps.log.error({ name, reason: String(reason) }, "job failed"),
      );
    }, JOBS[name].everySeconds * 1_000),
  );
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** What the legal pages name: what the operator has said, and what is configured. */
function companyFacts(settings: Settings): Pick<TrpcServices, "company" | "infrastructure"> {
  const hostOf = (url: string) => new URL(url).hostname;
  const infrastructure: Infrastructure[] = [];
  if (hostOf(settings.databaseUrl).endsWith(".neon.tech"))
    infrastructure.push({ name: "Neon", purpose: "Database" });
  if (settings.counters.upstash)
    infrastructure.push({ name: "Upstash", purpose: "Rate limits and counters" });
  if (settings.stripe) infrastructure.push({ name: "Stripe", purpose: "Card payments, invoices, tax" });
  if (env.SMTP_URL) infrastructure.push({ name: hostOf(env.SMTP_URL), purpose: "Sending mail" });
  return {
    company: {
      name: env.COMPANY_NAME ?? null,
      address: env.COMPANY_ADDRESS ?? null,
      governingLaw: env.GOVERNING_LAW ?? null,
      supportEmail: env.SUPPORT_EMAIL ?? null,
    },
    infrastructure,
  };
}

const SECURITY_TEXT_LIFE_MS = 180 * 24 * 60 * 60 * 1_000;

function securityText(appUrl: string, nowMs: number): Response {
  if (!env.SECURITY_CONTACT) return new Response(null, { status: 404 });
  const lines = [
    `Contact: ${env.SECURITY_CONTACT}`,
    `Expires: ${new Date(nowMs + SECURITY_TEXT_LIFE_MS).toISOString()}`,
    "Preferred-Languages: en",
    `Canonical: ${appUrl}/.well-known/security.txt`,
  ];
  return new Response(`${lines.join("\n")}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
}

interface Settings {
  readonly databaseUrl: string;
  readonly authSecret: string;
  readonly appUrl: string;
  readonly counters: StoreSettings;
  readonly allowsMailbox: boolean;
  readonly allowsSandboxPayments: boolean;
  readonly allowsLoopbackWebhooks: boolean;
  readonly stripe: StripeAccess | null;
}

/**
 * Development parts are refused in production unless they are named (ALLOW_MAILBOX); sandbox payments are refused there
 * always. Counters in memory are no danger to money, which Postgres fences: see decision 0003.
 */
function readSettings(): Settings {
  const isProduction = env.NODE_ENV === "production";
  if (!env.DATABASE_URL) throw misconfigured("DATABASE_URL is not set.");
  if (!env.AUTH_SECRET) throw misconfigured("AUTH_SECRET is not set.");
  const stripe = openStripe({
    secretKey: env.STRIPE_SECRET_KEY,
    webhookSecret: env.STRIPE_WEBHOOK_SECRET,
    apiBase: env.STRIPE_API_BASE,
  });
  return {
    databaseUrl: env.DATABASE_URL,
    authSecret: env.AUTH_SECRET,
    appUrl: (env.APP_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ""),
    counters: {
      upstash:
        env.UPSTASH_REDIS_REST_URL && env.UPSTASH_REDIS_REST_TOKEN
          ? { url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN }
          : null,
      redisUrl: env.REDIS_URL ?? null,
    },
    allowsMailbox: env.ALLOW_MAILBOX || !isProduction,
    allowsLoopbackWebhooks: env.WEBHOOKS_ALLOW_LOOPBACK && !isProduction,
    allowsSandboxPayments: !isProduction && stripe === null,
    stripe,
  };
}

function misconfigured(message: string): AppError {
  return new AppError("internal_error", { message });
}
