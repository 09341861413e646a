import { openStripe, type StripeAccess } from "@/server/billing";
import { createSigner, type Signer } from "@/server/ledger";
import { systemClock } from "@/server/platform/clock";
import { openDatabase } from "@/server/platform/database";
import { env } from "@/server/platform/env";
import { AppError } from "@/server/platform/errors";
import { createSecretBox, type SecretBox } from "@/server/platform/secret-box";

/** What operator commands work with. */
export interface OperatorConsole extends ReturnType<typeof openDatabase> {
  readonly clock: typeof systemClock;
  /** @throws AppError when AUTH_SECRET is not set: credentials are sealed with it */
  secretBox(): SecretBox;
  /** @throws AppError when neither RECEIPT_SIGNING_KEY nor AUTH_SECRET is set */
  signer(): Signer;
  /** Null when Stripe is not configured. @throws AppError when it is half configured */
  stripe(): StripeAccess | null;
}

export function openConsole(): OperatorConsole {
  if (!env.DATABASE_URL) {
    throw new AppError("invalid_request", {
      message: "DATABASE_URL is not set: name the database to work on.",
    });
  }
  return {
    ...openDatabase(env.DATABASE_URL, { maxConnections: 4 }),
    clock: systemClock,
    stripe: () =>
      openStripe({
        secretKey: env.STRIPE_SECRET_KEY,
        webhookSecret: env.STRIPE_WEBHOOK_SECRET,
        apiBase: env.STRIPE_API_BASE,
      }),
    secretBox() {
      if (!env.AUTH_SECRET)
        throw new AppError("invalid_request", {
          message: "AUTH_SECRET is not set: it seals provider credentials.",
        });
      return createSecretBox(env.AUTH_SECRET);
    },
    signer() {
      if (!env.AUTH_SECRET && !env.RECEIPT_SIGNING_KEY)
        throw new AppError("invalid_request", {
          message: "Neither RECEIPT_SIGNING_KEY nor AUTH_SECRET is set: exports are signed.",
        });
      return createSigner({ signingKey: env.RECEIPT_SIGNING_KEY, authSecret: env.AUTH_SECRET ?? "" });
    },
  };
}
