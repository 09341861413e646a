// Harm prevented: a customer whose client, unchanged but for base URL and key, does not work, or is billed for what it did not get.
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { type Customer, type Ground, startGround, USD, until } from "../faults/ground";
import { type Client, PIXEL, type Target, versionOf } from "./client";
import { AI_SDK } from "./clients/ai-sdk";
import { anthropic } from "./clients/anthropic";
import { curl } from "./clients/curl";
import { LANGCHAIN } from "./clients/langchain";
import { openaiChat, openaiResponses } from "./clients/openai";
import { openaiAgents } from "./clients/openai-agents";

const CLIENTS = [openaiChat, openaiResponses, anthropic, ...AI_SDK, ...LANGCHAIN, openaiAgents, curl];
/** One for each wire that providers of chat models speak most. */
const MODELS = ["openai/gpt-4.1-mini", "anthropic/claude-haiku-4.5", "google/gemini-2.5-flash"];
const SIMULATED = /simulated answer/;

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());

describe.each(CLIENTS)("$name", (client: Client) => {
  let customer: Customer;
  beforeAll(() => {
    customer = ground.customer(10n * USD);
  });
  afterEach(() => ground.stack.simulator.reset());

  const label = `${client.name} ${versionOf(client)}`.trim();
  const target = (model: string): Target => ({
    baseUrl: `${ground.stack.url}/v1`,
    apiKey: customer.apiKey,
    model,
  });
  const note = ({ task }: TestContext, model: string, name: string) => {
    task.meta.cell = { client: label, model, task: name };
  };

  it.for(MODELS)("text at %s", async (model, context) => {
    note(context, model, "text");
    expect(await client.text(target(model))).toMatch(SIMULATED);
  });

  it.for(MODELS)("stream at %s", async (model, context) => {
    note(context, model, "stream");
    expect(await client.stream(target(model))).toMatch(SIMULATED);
  });

  it.for(MODELS)("tool at %s", async (model, context) => {
    note(context, model, "tools");
    expect(await client.tool(target(model))).toEqual({ name: "weather", input: { city: "simulated" } });
  });

  it.for(MODELS)("schema at %s", async (model, context) => {
    note(context, model, "JSON schema");
    expect(await client.schema(target(model))).toMatchObject({
      simulated: expect.any(Boolean),
      answer: expect.stringContaining("simulated"),
    });
  });

  it.for(MODELS)("image at %s", async (model, context) => {
    note(context, model, "image");
    expect(await client.image(target(model))).toMatch(SIMULATED);
    // The picture itself reached the provider.
    expect(JSON.stringify(ground.stack.simulator.requests().at(-1)?.body)).toContain(PIXEL);
  });

  it.for(MODELS)("abort at %s", async (model, context) => {
    note(context, model, "abort");
    ground.stack.simulator.control({ outputTokens: 250, tokenIntervalMs: 30 });
    await ground.settled(customer.organizationId);
    const before = (await ground.logRows(customer.organizationId)).length;
    const began = performance.now();
    await client.abort(target(model));
    await until(async () => (await ground.logRows(customer.organizationId)).length > before);
    // Far less than the seconds that the whole answer takes.
    expect(performance.now() - began).toBeLessThan(4_000);
    const row = (await ground.logRows(customer.organizationId)).at(-1);
    expect(row).toMatchObject({ outcome: "canceled", basis: "counted" });
    expect(row?.output_tokens).toBeLessThan(120);
  });

  it.for(MODELS)("error at %s", async (model, context) => {
    note(context, model, "error");
    expect(await client.error(target(`${model}-which-is-none`))).toEqual({
      status: 404,
      message: expect.stringContaining("There is no model named"),
    });
  });

  it("leaves the books whole", async () => {
    await ground.settled(customer.organizationId);
    const audit = await ground.audit(customer);
    expect(audit.requests).toBeGreaterThanOrEqual(MODELS.length * 6);
    expect(audit.spentNanoUsd).toBeGreaterThan(0n);
  });
});
