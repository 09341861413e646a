import Stripe from "stripe";
import { AppError } from "@/server/platform/errors";

/** Longer than Stripe usually takes, shorter than a function may run. */
const TIMEOUT_MS = 15_000;
/** Repeated by the SDK under the same idempotency key. */
const MAX_RETRIES = 2;
const MIN_SECRET_LENGTH = 16;

export interface StripeSettings {
  readonly secretKey: string | undefined;
  /** One secret, or two with a comma between them while the secret is rotated. */
  readonly webhookSecret: string | undefined;
  readonly apiBase: string | undefined;
}

/** Stripe as the rest of billing uses it. */
export interface StripeAccess {
  readonly api: Stripe;
  /** Whether real money moves. Everything that Stripe tells us must agree with it. */
  readonly livemode: boolean;
  readonly webhookSecrets: readonly [string, ...string[]];
}

/**
 * Null when Stripe is not configured.
 * @throws AppError internal_error: half configured. A key without a webhook secret would take money and never credit
 *   it; an empty secret would let anybody sign; a live key must never be sent to another address.
 */
export function openStripe(settings: StripeSettings): StripeAccess | null {
  const { secretKey, apiBase } = settings;
  const secrets = (settings.webhookSecret ?? "").split(",").map((secret) => secret.trim());
  if (!secretKey) {
    if (settings.webhookSecret) throw refuse("STRIPE_WEBHOOK_SECRET is set without STRIPE_SECRET_KEY.");
    return null;
  }
  const mode = /^(?:sk|rk)_(live|test)_./.exec(secretKey)?.[1];
  if (!mode) throw refuse("STRIPE_SECRET_KEY is not a secret key of Stripe (sk_live_…, sk_test_…).");
  const [first, ...others] = secrets;
  if (!first || others.length > 1 || secrets.some((secret) => secret.length < MIN_SECRET_LENGTH))
    throw refuse(
      "STRIPE_WEBHOOK_SECRET must be the secret of the webhook endpoint, or two of them with a comma.",
    );
  if (apiBase && mode === "live") throw refuse("STRIPE_API_BASE cannot be used with a live key.");
  const base = apiBase ? new URL(apiBase) : null;
  const api = new Stripe(secretKey, {
    maxNetworkRetries: MAX_RETRIES,
    timeout: TIMEOUT_MS,
    telemetry: false,
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === "https:" ? "443" : "80"),
      protocol: base.protocol === "https:" ? "https" : "http",
    }),
  });
  return { api, livemode: mode === "live", webhookSecrets: [first, ...others] };
}

/** @throws AppError service_unavailable */
export function required(stripe: StripeAccess | null): StripeAccess {
  if (stripe) return stripe;
  throw new AppError("service_unavailable", { message: "Stripe is not configured here." });
}

/** Stripe did not do what we asked, and asking again with the same key is safe: nothing was decided. */
export function isUndecided(reason: unknown): boolean {
  return !(
    reason instanceof Stripe.errors.StripeError &&
    reason.statusCode !== undefined &&
    reason.statusCode >= 400 &&
    reason.statusCode < 500 &&
    reason.statusCode !== 409 &&
    reason.statusCode !== 429 &&
    reason.statusCode !== 401
  );
}

/** A failure of Stripe's API as ours: its words stay inside. */
export function toUnavailable(cause: unknown): AppError {
  return new AppError("service_unavailable", {
    message: "The payment provider cannot be reached right now. Nothing was charged; please try again.",
    internal: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

function refuse(message: string): AppError {
  return new AppError("internal_error", { message });
}
