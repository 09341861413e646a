import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import type { Store, StripeObject } from "./store";

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

export interface Delivery {
  /** Every event so far, oldest first, as the text that is sent. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly body: string }[];
  emit(type: string, object: StripeObject): void;
  /** Sends an event as it was, signed now. @returns the receiver's status */
  send(webhook: Webhook, body: string): Promise<number>;
  /** Resolves when everything emitted so far has been sent once. */
  settled(): Promise<void>;
}

/** @param webhook where events go as they happen, one after another; null: they are only kept */
export function createDelivery(store: Store, webhook: () => Webhook | null, nowMs: () => number): Delivery {
  const events: { id: string; type: string; body: string }[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  const send = async (to: Webhook, body: string): Promise<number> => {
    const response = await fetch(to.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "stripe-signature": signEvent(body, to.secret, nowMs()),
      },
      body,
    });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    events,
    emit(type, object) {
      const id = `evt_${randomBytes(12).toString("hex")}`;
      const body = JSON.stringify({
        id,
        object: "event",
        type,
        livemode: store.livemode,
        created: Math.floor(nowMs() / 1_000),
        data: { object },
      });
      events.push({ id, type, body });
      const to = webhook();
      if (to) queue = queue.then(() => send(to, body).catch(() => 0));
    },
    send,
    async settled() {
      await queue;
    },
  };
}

/** The `stripe-signature` header, made by the SDK's own signer. */
export function signEvent(payload: string, secret: string, nowMs: number): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(nowMs / 1_000) });
}
