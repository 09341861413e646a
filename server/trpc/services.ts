import type { AuthDeps, ProviderSettings } from "@/server/auth";
import type { StripeAccess } from "@/server/billing";
import type { Catalog } from "@/server/catalog";
import type { Receipts } from "@/server/ledger";
import type { Mailbox, Mailer } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import type { GuardedClient } from "@/server/platform/guarded-client";
import type { Log } from "@/server/platform/log";
import type { RoutingMemory } from "@/server/routing";
import type { WebhookSettings } from "@/server/webhooks";

/** Facts that pages and mails name. None is invented: null where the operator has configured none. */
export interface CompanyFacts {
  readonly name: string | null;
  readonly address: string | null;
  /** Whose law the terms follow, as in `the Republic of Estonia`. */
  readonly governingLaw: string | null;
  readonly supportEmail: string | null;
}

export interface Infrastructure {
  readonly name: string;
  readonly purpose: string;
}

/** What the procedures work with. Filled by the composition root (`runtime().trpc`); tests fill it themselves. */
export interface TrpcServices {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly catalog: Catalog;
  readonly receipts: Receipts;
  /** Live health of this process and those it meets. */
  readonly routing: Pick<RoutingMemory, "board" | "random" | "report" | "windows">;
  readonly mailer: Mailer;
  /** Null unless the development mailbox is on; its pages do not exist then. */
  readonly mailbox: Mailbox | null;
  /** Configured public address without a slash at its end. Links and the check of `Origin` use it, never a header. */
  readonly appUrl: string;
  readonly authSecret: string;
  /** Keeps whose link a new organization came by, in the transaction that makes it. */
  readonly keepReferral?: AuthDeps["keepReferral"];
  /** True when orders are paid at the sandbox checkout, which takes no money. */
  readonly sandboxPayments: boolean;
  /** Other services that sign people in, as far as they are configured. */
  readonly providers: ProviderSettings;
  readonly webhooks: WebhookSettings;
  /** How addresses that customers name are reached, when they press "send test". */
  readonly outbound: GuardedClient;
  /** Null when Stripe is not configured: then nothing is paid by card. */
  readonly stripe: StripeAccess | null;
  /** Who runs this installation, as far as its operator has said. */
  readonly company: CompanyFacts;
  /** Outside services that this installation is configured with, by what they do. */
  readonly infrastructure: readonly Infrastructure[];
  /** Reverse proxies in front that append to `x-forwarded-for`; 0 by default. */
  readonly trustedProxyHops?: number;
}
