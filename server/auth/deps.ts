import type { Mail, Mailer } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import type { Log } from "@/server/platform/log";

/** What the functions of this noun work with. */
export interface AuthDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  /** Every link in a mail begins with it; a request's `Host` never gets there. */
  readonly appUrl: string;
  readonly authSecret: string;
  /** Keeps whose link a new organization came by, in the transaction that makes it. */
  readonly keepReferral?: (
    tx: Executor,
    of: { readonly organizationId: string; readonly code: string },
  ) => Promise<unknown>;
}

/** Sends after the answer. A mail that fails is logged and can be asked for again; its reader is not known to anybody. */
export async function deliver(deps: AuthDeps, mail: Mail): Promise<void> {
  await deps.mailer.send(mail).catch((reason: unknown) => {
    deps.log.error({ subject: mail.subject, reason: String(reason) }, "mail was not sent");
  });
}
