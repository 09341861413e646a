import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createApi } from "./api";
import { type Call, createCalls } from "./calls";
import { createCheckout } from "./checkout";
import { StripeRefusal } from "./checks";
import { createConnect } from "./connect";
import { createControls } from "./controls";
import { createDelivery, type Delivery, type Webhook } from "./delivery";
import { showPage } from "./pages";
import { type CardBehaviour, createPayments } from "./payments";
import { createStore } from "./store";
import { createSubscriptions } from "./subscriptions";

export { signEvent } from "./delivery";

export interface LocalStripeOptions {
  readonly port?: number;
  readonly secretKey?: string;
  /** Where events go as they happen. */
  readonly webhook?: Webhook;
  readonly livemode?: boolean;
  readonly nowMs?: () => number;
}

export type LocalStripe = Awaited<ReturnType<typeof startLocalStripe>>;

/**
 * A stateful stand-in for Stripe on 127.0.0.1: the calls that the product makes, a page that pays, declines or cancels,
 * signed events, idempotency keys. Anything else is refused, as Stripe refuses what it does not publish.
 */
export async function startLocalStripe(options: LocalStripeOptions = {}) {
  const secretKey = options.secretKey ?? "sk_test_local";
  const nowMs = options.nowMs ?? (() => Date.now());
  let webhook = options.webhook ?? null;
  let fault: "none" | "down" | "cut" = "none";
  let url = "";
  const behaviour = { card: "succeeds" as CardBehaviour };
  const store = createStore(options.livemode ?? false, nowMs);
  const delivery = createDelivery(store, () => webhook, nowMs);
  const payments = createPayments(store, delivery.emit, () => behaviour.card);
  const checkout = createCheckout(store, payments, delivery.emit, () => url);
  const subscriptions = createSubscriptions(store, payments, delivery.emit, () => url);
  const connect = createConnect(store, delivery.emit);
  const parts = { store, payments, checkout, subscriptions, connect, emit: delivery.emit };
  const calls = [...createCalls({ ...parts, url: () => url }), eventCall(delivery)];
  const api = createApi(store, calls);
  const seen: string[] = [];

  const server = createServer((req, res) => {
    void answer(req, res).catch((reason: unknown) => {
      const refusal =
        reason instanceof StripeRefusal
          ? reason
          : new StripeRefusal(500, { type: "api_error", message: String(reason) });
      send(res, refusal.status, JSON.stringify({ error: refusal.body }));
    });
  });

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const { pathname, search } = new URL(req.url ?? "/", "http://stripe.test");
    const body = Buffer.concat(chunks).toString("utf8");
    if (showPage({ store, checkout, controls }, req.method ?? "GET", pathname, body, res)) return;
    if (req.headers.authorization !== `Bearer ${secretKey}`)
      throw new StripeRefusal(401, { type: "invalid_request_error", message: "Invalid API Key provided." });
    if (fault === "down")
      throw new StripeRefusal(500, { type: "api_error", message: "Down, as the test wants it." });
    const key = String(req.headers["idempotency-key"] ?? "");
    const text = req.method === "POST" ? body : search.slice(1);
    seen.push(`${req.method} ${pathname}`);
    const result = api(req.method ?? "", pathname, text, key);
    if (fault === "cut") return void res.destroy();
    send(res, result.status, result.body);
  }

  const controls = createControls({ ...parts, behaviour });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    secretKey,
    /** Calls that came, as `POST /v1/refunds`. */
    seen,
    store,
    ...delivery,
    ...controls,
    setWebhook(next: Webhook | null) {
      webhook = next;
    },
    /** down: 500 without a trace. cut: carried out, and the answer lost. */
    setFault(next: typeof fault) {
      fault = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An event again, as it was. */
function eventCall({ events }: Delivery): Call {
  return {
    method: "GET",
    path: /^\/v1\/events\/([^/]+)$/,
    check: "nothing",
    run(_params, id) {
      const found = events.find((event) => event.id === id);
      if (found) return JSON.parse(found.body);
      throw new StripeRefusal(404, { type: "invalid_request_error", message: `No such event: '${id}'` });
    },
  };
}

function send(res: ServerResponse, status: number, body: string): void {
  if (res.destroyed) return;
  // A refusal is repeated by the SDK only when the server says so; tests decide what happens by themselves.
  res.writeHead(status, { "content-type": "application/json", "stripe-should-retry": "false" }).end(body);
}
