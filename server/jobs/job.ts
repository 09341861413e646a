import type { CounterStore } from "@/server/admission";
import type { StripeAccess } from "@/server/billing";
import type { Intents, StatementRunner } from "@/server/ledger";
import type { Mailer } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import type { Log } from "@/server/platform/log";
import type { DeliverDeps } from "@/server/webhooks";

export interface JobDeps {
  readonly db: Database;
  readonly pool: StatementRunner;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: CounterStore;
  readonly intents: Pick<Intents, "finish" | "correct">;
  readonly stripe: StripeAccess | null;
  readonly mailer: Mailer;
  /** Public address of the site, without a slash at its end. */
  readonly appUrl: string;
  /** Asks providers about videos that are still made; answers how many have ended. */
  readonly followVideos: (limit: number) => Promise<number>;
  /** How customers' servers are reached. */
  readonly webhooks: Pick<DeliverDeps, "client" | "secretBox" | "allowsLoopback">;
}

export interface JobReport {
  /** Counts by name, kept with the run. */
  readonly figures: Readonly<Record<string, number>>;
  /** What a person has to look at, one sentence each. Any of them makes the run's outcome `attention`. */
  readonly findings?: readonly string[];
}

/** Work that a scheduler starts. Every job may run twice at once, or late, and may die at any step. */
export interface Job {
  readonly everySeconds: number;
  run(deps: JobDeps): Promise<JobReport>;
}
