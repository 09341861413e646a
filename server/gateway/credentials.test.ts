// Harm prevented: one exhausted or revoked key of ours that takes a whole provider, or the customer's request, down.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

let fixture: GatewayFixture;
let customer: Awaited<ReturnType<GatewayFixture["customer"]>>;
beforeEach(async () => {
  // Keys rest per process: a fixture of its own for each test.
  fixture = await startGatewayFixture("node", {
    credentials: { first: ["key-a", "key-b"], second: "key-c" },
  });
  customer = await fixture.customer(20n * USD);
});
afterEach(async () => {
  await fixture.settled();
  expect(await fixture.violations()).toEqual([]);
  await fixture.close();
});

async function ask(model = "test/pair") {
  const { response } = await customer.client.chat.completions
    .create({ model, max_tokens: 32, messages: [{ role: "user", content: "Whose key is this?" }] })
    .withResponse();
  return {
    provider: response.headers.get("x-gateway-provider"),
    attempts: Number(response.headers.get("x-gateway-attempts")),
  };
}
const keysSeen = () =>
  fixture.simulator.requests().map(({ headers }) => String(headers.authorization).replace("Bearer ", ""));

it.each([401, 402, 403, 429] as const)(
  "a %i of one key is answered by the provider's other key, and the refused one is left alone",
  async (status) => {
    fixture.simulator.control([{ fault: `status:${status}`, times: 1 }], { provider: "first" });
    expect(await ask()).toEqual({ provider: "first", attempts: 2 });
    const [refused, answered] = keysSeen();
    expect(new Set([refused, answered])).toEqual(new Set(["key-a", "key-b"]));
    for (let n = 0; n < 4; n += 1) expect(await ask()).toEqual({ provider: "first", attempts: 1 });
    expect(keysSeen().slice(2)).toEqual([answered, answered, answered, answered]);
  },
);

it("only when no key is left the request goes to the next provider, and comes back when the first key may again", async () => {
  fixture.simulator.control([{ fault: "status:429", retryAfterSeconds: 2, times: 2 }], { provider: "first" });
  expect(await ask()).toEqual({ provider: "second", attempts: 3 });
  expect(keysSeen().slice(0, 2).sort()).toEqual(["key-a", "key-b"]);
  expect(await ask()).toEqual({ provider: "second", attempts: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect(await ask()).toEqual({ provider: "first", attempts: 1 });
});

it("a fault of the provider itself is no reason to try it with another key", async () => {
  fixture.simulator.control([{ fault: "status:500", times: 1 }], { provider: "first" });
  expect(await ask()).toEqual({ provider: "second", attempts: 2 });
  expect(keysSeen()).toEqual([expect.stringMatching(/^key-[ab]$/), "key-c"]);
});
