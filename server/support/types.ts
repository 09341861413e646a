import type { TICKET_TOPICS } from "@/db/schema";
import type { AuditActor } from "@/server/audit";
import type { Mailer } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import type { Log } from "@/server/platform/log";
import type { NanoUsd } from "@/server/platform/money";

/** What the functions of this noun work with. */
export interface SupportDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  /** Every link in a mail begins with it. */
  readonly appUrl: string;
  /** Where we are told of new tickets; null: only the operator console shows them. */
  readonly supportEmail: string | null;
}

export type TicketTopic = (typeof TICKET_TOPICS)[number];
export type TicketStatus = "open" | "answered" | "closed";

/** A ticket without its messages. */
export interface Ticket {
  readonly id: string;
  /** Null for a visitor's. */
  readonly organizationId: string | null;
  readonly name: string;
  readonly email: string;
  readonly topic: TicketTopic;
  readonly subject: string;
  readonly company: string | null;
  readonly yearlyAmountNanoUsd: NanoUsd | null;
  readonly priority: "normal" | "high";
  readonly status: TicketStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly closedAt: Date | null;
}

export interface TicketMessage {
  readonly id: string;
  readonly author: "customer" | "operator";
  readonly authorName: string;
  readonly body: string;
  readonly createdAt: Date;
}

export interface TicketThread extends Ticket {
  /** Oldest first. */
  readonly messages: readonly TicketMessage[];
}

/** Who writes. */
export interface Sender {
  readonly userId: string | null;
  readonly organizationId: string | null;
  readonly name: string;
  readonly email: string;
  readonly audit: AuditActor;
}
