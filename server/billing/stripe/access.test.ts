// Harm prevented: a start without a webhook secret, where everybody can sign a payment, or a live key sent elsewhere.
import { describe, expect, it } from "vitest";
import { openStripe } from "./access";

const SECRET = "whsec_of_the_tests_0001";
const open = (secretKey?: string, webhookSecret?: string, apiBase?: string) =>
  openStripe({ secretKey, webhookSecret, apiBase });

describe("opening Stripe", () => {
  it("is off when nothing is configured", () => {
    expect(open()).toBeNull();
  });

  it.each([
    ["no webhook secret", "sk_test_1", undefined, undefined],
    ["an empty webhook secret", "sk_test_1", " ", undefined],
    ["an empty second secret", "sk_test_1", `${SECRET},`, undefined],
    ["a short secret", "sk_test_1", "whsec_1", undefined],
    ["three secrets", "sk_test_1", [SECRET, SECRET, SECRET].join(","), undefined],
    ["a publishable key", "pk_test_1", SECRET, undefined],
    ["a webhook secret alone", undefined, SECRET, undefined],
    ["a live key for another address", "sk_live_1", SECRET, "http://127.0.0.1:1"],
  ])("refuses %s", (_name, key, secret, base) => {
    expect(() => open(key, secret, base)).toThrow(/STRIPE_/);
  });

  it("knows the mode of its key, and both secrets of a rotation", () => {
    expect(open("sk_live_1", SECRET)?.livemode).toBe(true);
    expect(open("rk_test_1", `${SECRET}, ${SECRET}2`, "http://127.0.0.1:1")).toMatchObject({
      livemode: false,
      webhookSecrets: [SECRET, `${SECRET}2`],
    });
  });
});
