// Harm prevented: a customer's request spent on finding out that a dead host is still dead, or a living one that is never asked again.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

let fixture: GatewayFixture;
let deadUrl: string;
beforeAll(async () => {
  deadUrl = await urlOfNobody();
  fixture = await startGatewayFixture("node", { catalogue });
});
afterAll(() => fixture.close());

/** Two models, each at two providers: the first of one is dead, the first of the other only ill. */
function catalogue(simulatorUrl: string) {
  const endpoint = (provider: string, priority: number) => ({
    provider,
    upstreamModel: "any",
    source: "test",
    sourceDate: "2026-01-01",
    priority,
    prices: ["input", "output"].map((unit) => ({ unit, usdPerMillion: "1" })),
  });
  const model = {
    contextLength: 8_000,
    maxOutputTokens: 1_000,
    inputModalities: ["text"],
    outputModalities: ["text"],
  };
  return {
    version: 1,
    providers: [
      { slug: "dead", name: "dead", kind: "openai-compatible", baseUrl: `${deadUrl}/v1` },
      ...["ill", "well"].map((slug) => ({
        slug,
        name: slug,
        kind: "openai-compatible",
        baseUrl: `${simulatorUrl}/${slug}/v1`,
      })),
    ],
    models: ["dead", "ill"].map((slug) => ({
      ...model,
      slug: `test/${slug}`,
      name: slug,
      endpoints: [endpoint(slug, 1), endpoint("well", 2)],
    })),
  };
}

async function urlOfNobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

it("a host that nobody answers at stays out for longer; one that answers gets its trial in time", async () => {
  const { client } = await fixture.customer(20n * USD);
  const ask = async (model: string) => {
    const { response } = await client.chat.completions
      .create({ model, max_tokens: 16, messages: [{ role: "user", content: "Anybody?" }] })
      .withResponse();
    return [response.headers.get("x-gateway-provider"), response.headers.get("x-gateway-attempts")];
  };
  fixture.simulator.control([{ fault: "status:500" }], { provider: "ill" });
  for (let n = 0; n < 5; n += 1)
    for (const model of ["test/dead", "test/ill"]) expect(await ask(model)).toEqual(["well", "2"]);
  fixture.simulator.control([{}], { provider: "ill" });
  expect(await fixture.probeHosts()).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 3_200));
  expect(await fixture.probeHosts()).toBe(2);
  const probe = fixture.simulator.requests().find(({ method }) => method === "GET");
  expect(probe?.headers.authorization).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await ask("test/dead")).toEqual(["well", "1"]);
  expect(await ask("test/ill")).toEqual(["ill", "1"]);
}, 30_000);
