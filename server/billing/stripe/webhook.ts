import { eq } from "drizzle-orm";
import Stripe from "stripe";
import { stripeEvent } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import type { Log } from "@/server/platform/log";
import type { StripeAccess } from "./access";
import { handlerOf } from "./events";
import type { Verdict } from "./settle";

/** Older signatures are refused: nobody repeats what was recorded once. */
const TOLERANCE_SECONDS = 300;
/** Stripe's largest events are far smaller. */
const MAX_BODY_BYTES = 512 * 1024;

export interface WebhookDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly stripe: StripeAccess;
}

/**
 * Stripe tells us something. 400 for what Stripe did not sign, without a trace; 200 once the event and all that it
 * changes are committed together, or when it was before; anything thrown is a 500, and Stripe sends it again.
 * @param body the bytes as they came: the signature is over them
 */
export async function receiveStripeEvent(
  deps: WebhookDeps,
  body: Uint8Array,
  signature: string | null,
): Promise<{ readonly status: 200 | 400 }> {
  const event = body.length <= MAX_BODY_BYTES ? verified(deps, body, signature) : null;
  if (!event) return { status: 400 };
  if (await isKnown(deps.db, event.id)) return { status: 200 };
  const effect = await prepareEffect(deps, event);
  const verdict = await deps.db.transaction(async (tx) => {
    const [first] = await tx
      .insert(stripeEvent)
      .values({
        id: event.id,
        type: event.type,
        outcome: "ignored",
        receivedAt: new Date(deps.clock.nowMs()),
      })
      .onConflictDoNothing()
      .returning({ id: stripeEvent.id });
    if (!first) return null;
    const done = await effect(tx);
    await tx
      .update(stripeEvent)
      .set({ outcome: done.outcome, detail: done.detail ?? null, orderId: done.orderId ?? null })
      .where(eq(stripeEvent.id, event.id));
    return done;
  });
  if (verdict?.outcome === "rejected")
    deps.log.error(
      { stripeEvent: event.id, type: event.type, orderId: verdict.orderId, reason: verdict.detail },
      "Stripe event does not fit our books: nothing was credited",
    );
  return { status: 200 };
}

type EffectOf = (tx: Parameters<Parameters<Database["transaction"]>[0]>[0]) => Promise<Verdict>;

/** What an event changes, with everything fetched that must be current. */
export async function prepareEffect(
  deps: Pick<WebhookDeps, "clock" | "stripe">,
  event: Stripe.Event,
): Promise<EffectOf> {
  const { livemode } = deps.stripe;
  if (event.livemode !== livemode)
    return async () => ({ outcome: "rejected", detail: `livemode of the event is ${event.livemode}` });
  const handler = handlerOf(event);
  if (!handler) return async () => ({ outcome: "ignored", detail: "no handler" });
  return handler.prepare(event, { clock: deps.clock, livemode, stripe: deps.stripe });
}

async function isKnown(db: Database, id: string): Promise<boolean> {
  const [row] = await db.select({ id: stripeEvent.id }).from(stripeEvent).where(eq(stripeEvent.id, id));
  return row !== undefined;
}

function verified(deps: WebhookDeps, body: Uint8Array, signature: string | null): Stripe.Event | null {
  if (!signature) return null;
  for (const secret of deps.stripe.webhookSecrets) {
    try {
      const bytes = Buffer.from(body);
      const now = deps.clock.nowMs();
      return Stripe.webhooks.constructEvent(bytes, signature, secret, TOLERANCE_SECONDS, undefined, now);
    } catch (reason) {
      deps.log.debug({ reason: String(reason) }, "Stripe signature refused");
    }
  }
  return null;
}
