import { z } from "zod";
import type { AuditActor } from "@/server/audit";
import type { BillingDeps } from "@/server/billing";
import type { ManagementScope } from "@/server/keys";
import type { Mailer } from "@/server/mail";
import type { Actor } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import type { Log } from "@/server/platform/log";
import type { WebhookSettings } from "@/server/webhooks";

export interface ManagementDeps extends BillingDeps {
  readonly db: Database;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly webhooks: WebhookSettings;
  /** Public address without a slash at its end. */
  readonly appUrl: string;
}

/** What a route works with: one organization, and a transaction that ends with the answer. */
export interface RouteContext {
  readonly deps: ManagementDeps;
  readonly clock: Clock;
  readonly tx: Executor;
  readonly organizationId: string;
  readonly by: AuditActor;
  /** The key as somebody of the organization: an admin who is no member. */
  readonly actor: Actor;
  /** Runs after the answer, and only if the transaction was kept. */
  defer(work: () => Promise<void>): void;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

interface RouteShape<Params, Query, Body, Answer> {
  readonly method: Method;
  /** Below the base URL, with `{names}`. */
  readonly path: string;
  readonly scope: ManagementScope;
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  /** Null when the request has none. */
  readonly body: z.ZodType<Body> | null;
  /** A body that is valid, for the reference and the tests. */
  readonly example?: Readonly<Record<string, unknown>>;
  readonly answer: z.ZodType<Answer>;
  readonly status: 200 | 201;
  /** Before the transaction of a write that was not done yet: what is kept also when the write is refused. */
  before?(caller: Omit<RouteContext, "tx" | "defer"> & { readonly clientAddress: string }): Promise<void>;
  run(
    context: RouteContext,
    input: { readonly params: Params; readonly query: Query; readonly body: Body },
  ): Promise<Answer>;
}

/** A route whose types have been forgotten; its schemas remember them. */
export type Route = RouteShape<unknown, unknown, unknown, unknown>;

const NOTHING = z.strictObject({});

type Definition<Params, Query, Body, Answer> = Omit<
  RouteShape<Params, Query, Body, Answer>,
  "params" | "query" | "body" | "status"
> & {
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly status?: 200 | 201;
};

/** One endpoint of the management API: checked on the way in, cut to its published shape on the way out. */
export function defineRoute<
  Answer,
  Params = Record<string, never>,
  Query = Record<string, never>,
  Body = Record<string, never>,
>(definition: Definition<Params, Query, Body, Answer>): Route {
  const filled = { params: NOTHING, query: NOTHING, body: null, status: 200, ...definition };
  return filled as unknown as Route;
}
