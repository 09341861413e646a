import { createEnv } from "@t3-oss/env-nextjs";
import { z } from "zod";

const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/**
 * The only door to `process.env`. Parsed once, at first use of this module; tests pass options instead of importing it.
 * An empty string counts as not set.
 */
export const env = createEnv({
  server: {
    NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
    APP_URL: z.url().optional(),
    DATABASE_URL: z.string().min(1).optional(),
    /** Counters: Upstash when both are set, else Redis, else the memory of this process. */
    UPSTASH_REDIS_REST_URL: z.url().optional(),
    UPSTASH_REDIS_REST_TOKEN: z.string().min(1).optional(),
    REDIS_URL: z.url().optional(),
    AUTH_SECRET: z.string().min(16).optional(),
    /** Ed25519 key that signs receipts: PEM, or a 32 byte seed in base64. Derived from AUTH_SECRET when not set. */
    RECEIPT_SIGNING_KEY: z.string().min(1).optional(),
    /** Sign-in through GitHub and Google; each is offered when both of its names are set. */
    GITHUB_CLIENT_ID: z.string().min(1).optional(),
    GITHUB_CLIENT_SECRET: z.string().min(1).optional(),
    /** A GitHub Enterprise Server instead of github.com. */
    GITHUB_URL: z.url().optional(),
    GOOGLE_CLIENT_ID: z.string().min(1).optional(),
    GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
    SMTP_URL: z.string().optional(),
    MAIL_FROM: z.string().default("DeepTokenInference <no-reply@localhost>"),
    /** Reverse proxies of your own in front that append to `x-forwarded-for`; see docs/self-hosting. */
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
    /** Seconds a request may run, and with 60 more the life of a hold. */
    GATEWAY_MAX_DURATION_SECONDS: z.coerce.number().int().min(1).max(3600).default(300),
    /** The mailbox page is a development part; production has to name it. */
    ALLOW_MAILBOX: flag,
    /** Secret of `/api/jobs/*`, sent as a bearer token by the scheduler. */
    CRON_SECRET: z.string().min(16).optional(),
    /** Development: webhook endpoints on this machine, over http and at any port. Refused in production. */
    WEBHOOKS_ALLOW_LOOPBACK: flag,
    STRIPE_SECRET_KEY: z.string().min(1).optional(),
    /** `whsec_…` of the webhook endpoint; two with a comma between them while it is rotated. */
    STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
    /** Another address of Stripe's API, for tests. Refused together with a live key. */
    STRIPE_API_BASE: z.url().optional(),
    /** Where to report a weakness: `mailto:…` or a URL. Shown at `/.well-known/security.txt`. */
    SECURITY_CONTACT: z
      .string()
      .regex(/^(mailto:|https:\/\/)\S+$/)
      .optional(),
    /** Facts of whoever runs this installation, for the legal pages. What is not set is marked as missing there. */
    COMPANY_NAME: z.string().min(1).optional(),
    COMPANY_ADDRESS: z.string().min(1).optional(),
    GOVERNING_LAW: z.string().min(1).optional(),
    /** Shown to customers, and told of every new ticket. */
    SUPPORT_EMAIL: z.email().optional(),
    /** Bearer token of `/metrics`; without it there is no such page. */
    METRICS_TOKEN: z.string().min(16).optional(),
    /** Where traces go, as OpenTelemetry's own variables say; none are made without it. */
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  },
  client: {},
  experimental__runtimeEnv: {},
  emptyStringAsUndefined: true,
  skipValidation: process.env.NEXT_PHASE === "phase-production-build",
});

/** next-auth reads the site's address from the environment alone: the way back from another service begins with it. */
export function publishSiteAddress(appUrl: string): void {
  process.env.NEXTAUTH_URL = appUrl;
}
