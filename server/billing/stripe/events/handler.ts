import type Stripe from "stripe";
import type { Executor } from "@/server/platform/database";
import type { StripeAccess } from "../access";
import type { SettleDeps, Verdict } from "../settle";

export interface EventDeps extends SettleDeps {
  readonly stripe: StripeAccess;
}

/** What an event changes, in the transaction that also keeps the event. */
export type Effect = (tx: Executor) => Promise<Verdict>;

type EventOf<Type> = Extract<Stripe.Event, { type: Type }>;

export interface EventHandler {
  readonly type: Stripe.Event["type"];
  /** Fetches what must be current, before the transaction: events come late, twice, and in any order. */
  prepare(event: Stripe.Event, deps: EventDeps): Promise<Effect>;
}

/** A handler of one type of event. */
export function handle<Type extends Stripe.Event["type"]>(
  type: Type,
  prepare: (event: EventOf<Type>, deps: EventDeps) => Promise<Effect>,
): EventHandler {
  return { type, prepare: (event, deps) => prepare(event as EventOf<Type>, deps) };
}

export const ignored =
  (detail: string): Effect =>
  () =>
    Promise.resolve({ outcome: "ignored", detail });

/** The id of something that may or may not be expanded. */
export function idOf(thing: string | { readonly id?: string } | null | undefined): string | null {
  return typeof thing === "string" ? thing : (thing?.id ?? null);
}
