// Harm prevented: tests of money that pass against a Stripe which takes what the real one refuses.
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStripe, startLocalStripe } from ".";
import { parseForm } from "./form";

let local: LocalStripe;
let api: Stripe;

beforeAll(async () => {
  local = await startLocalStripe();
  const { hostname, port } = new URL(local.url);
  api = new Stripe(local.secretKey, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });
});
afterAll(() => local.close());

const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${local.url}/v1/${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${local.secretKey}`,
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body,
  });
  return {
    status: response.status,
    body: (await response.json()) as { id?: string; error?: { code?: string } },
  };
};

it("reads bodies as Stripe's clients write them", () => {
  expect(parseForm("a[b][0][c]=1&a[b][1][c]=2&d=x%20y&metadata[__proto__]=z")).toEqual({
    a: { b: [{ c: "1" }, { c: "2" }] },
    d: "x y",
    metadata: JSON.parse('{"__proto__":"z"}'),
  });
});

describe("a call", () => {
  it.each([
    ["an unknown parameter", "payment_intents", "amount=500&currency=usd&colour=red", "parameter_unknown"],
    ["a missing one", "payment_intents", "amount=500", "parameter_missing"],
    ["an amount below 50 cents", "payment_intents", "amount=49&currency=usd", "parameter_invalid"],
    ["a fraction of a cent", "payment_intents", "amount=500.5&currency=usd", "parameter_invalid"],
    [
      "an unknown customer",
      "checkout/sessions",
      "mode=payment&customer=cus_1&success_url=http://a.example&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=500",
      "resource_missing",
    ],
  ])("with %s is refused", async (_name, path, body, code) => {
    const answer = await post(path, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.error?.code).toBe(code);
  });

  it("without the key, or to an address that is not played, is refused", async () => {
    expect((await post("customers", "", { authorization: "Bearer sk_test_other" })).status).toBe(401);
    expect((await post("subscription_schedules", "")).status).toBe(404);
  });

  it("is carried out once per idempotency key, and refused for other parameters under it", async () => {
    const options = { idempotencyKey: "one" };
    const [a, b] = await Promise.all([
      api.customers.create({ name: "Ada" }, options),
      api.customers.create({ name: "Ada" }, options),
    ]);
    expect(a.id).toBe(b.id);
    await expect(api.customers.create({ name: "Bob" }, options)).rejects.toBeInstanceOf(
      Stripe.errors.StripeIdempotencyError,
    );
  });
});

it("has a page that declines, pays and is left", async () => {
  const session = await api.checkout.sessions.create({
    mode: "payment",
    success_url: "http://site.example/done",
    cancel_url: "http://site.example/left",
    line_items: [
      { quantity: 1, price_data: { currency: "usd", unit_amount: 500, product_data: { name: "Balance" } } },
    ],
  });
  const click = (action: string) =>
    fetch(String(session.url), { method: "POST", body: new URLSearchParams({ action }), redirect: "manual" });
  expect((await click("cancel")).headers.get("location")).toBe("http://site.example/left");
  expect(await (await click("decline")).text()).toContain("declined");
  expect((await click("pay")).headers.get("location")).toBe("http://site.example/done");
  await click("pay");
  expect(local.events.map(({ type }) => type)).toEqual([
    "payment_intent.payment_failed",
    "payment_intent.succeeded",
    "checkout.session.completed",
  ]);
});
