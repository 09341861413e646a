// Harm prevented: a client that works at one provider and, unchanged, not at another: a lost tool, picture, schema, thought or end.
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Client, PIXEL, QUESTION, WEATHER } from "@/e2e/clients/client";
import { anthropic } from "@/e2e/clients/clients/anthropic";
import { openaiChat, openaiResponses } from "@/e2e/clients/clients/openai";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const KINDS = {
  chat: "openai-compatible",
  responses: "openai-responses",
  messages: "anthropic",
  google: "google",
  bedrock: "bedrock",
  cohere: "cohere",
} as const;
const PROVIDERS = Object.keys(KINDS) as (keyof typeof KINDS)[];
const CLIENTS: readonly Client[] = [openaiChat, openaiResponses, anthropic];
const PAIRS = PROVIDERS.flatMap((provider) =>
  CLIENTS.map((client) => ({ provider, client, name: client.name })),
);
const SIMULATED = /simulated answer/;

function catalogue(simulatorUrl: string) {
  return {
    version: 1,
    providers: PROVIDERS.map((slug) => ({
      slug,
      name: slug,
      kind: KINDS[slug],
      baseUrl: `${simulatorUrl}/${slug}/v1`,
    })),
    models: PROVIDERS.map((provider) => ({
      slug: `test/${provider}`,
      name: provider,
      contextLength: 128_000,
      maxOutputTokens: 4_096,
      inputModalities: ["text", "image"],
      outputModalities: ["text"],
      endpoints: [
        {
          provider,
          upstreamModel: "anthropic.claude-model-v1:0",
          source: "test",
          sourceDate: "2026-01-01",
          prices: ["input", "cached_input", "output"].map((unit) => ({ unit, usdPerMillion: "1" })),
        },
      ],
    })),
  };
}

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGatewayFixture("node", {
    catalogue,
    credentials: { google: "key", bedrock: "AKID:secret", cohere: "key" },
  });
});
afterAll(() => fixture.close());
beforeEach(() => fixture.simulator.reset());

async function customer(provider: string) {
  const made = await fixture.customer(USD);
  const target = { baseUrl: fixture.baseUrl, apiKey: made.secret, model: `test/${provider}` };
  return { ...made, target };
}
async function booksAreWhole(organizationId: string) {
  await fixture.settled();
  expect(await fixture.violations()).toEqual([]);
  const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
  expect(reservedNanoUsd).toBe(0n);
  expect(totalNanoUsd).toBeLessThan(USD);
}
const lastSent = () => JSON.stringify(fixture.simulator.requests().at(-1)?.body);

describe.each(PAIRS)("$name at $provider", ({ provider, client }) => {
  it("text, whole and streamed", async () => {
    const { target, organizationId } = await customer(provider);
    const text = await client.text(target);
    expect(text).toMatch(SIMULATED);
    expect(await client.stream(target)).toBe(text);
    await booksAreWhole(organizationId);
  });

  it("a tool that has to be called, with its arguments whole", async () => {
    const { target } = await customer(provider);
    expect(await client.tool(target)).toEqual({ name: "weather", input: { city: "simulated" } });
  });

  it("an answer by a JSON schema", async () => {
    const { target } = await customer(provider);
    expect(await client.schema(target)).toMatchObject({ simulated: expect.any(Boolean) });
    expect(lastSent()).toContain("simulated");
  });

  it("a picture, whose bytes arrive", async () => {
    const { target } = await customer(provider);
    expect(await client.image(target)).toMatch(SIMULATED);
    expect(lastSent()).toContain(PIXEL);
  });

  it("an error with its status", async () => {
    const { target } = await customer(provider);
    expect(await client.error({ ...target, model: "test/none" })).toMatchObject({ status: 404 });
  });
});

const MAX_TOKENS = 40;
const messages = [{ role: "user" as const, content: QUESTION }];
const parameters = { ...WEATHER.parameters, required: ["city"] };

describe.each(PROVIDERS)("what an answer at %s has beside text", (provider) => {
  const open = async () => {
    const { target, client } = await customer(provider);
    const claude = new Anthropic({
      apiKey: target.apiKey,
      baseURL: target.baseUrl.replace(/\/v1$/, ""),
      maxRetries: 0,
    });
    return { client, claude, model: target.model };
  };

  it("the end by the limit, in every client's own words", async () => {
    const { client, claude, model } = await open();
    fixture.simulator.control({ outputTokens: 200 });
    const chat = await client.chat.completions.create({ model, messages, max_tokens: MAX_TOKENS });
    expect(chat.choices[0]?.finish_reason).toBe("length");
    // Numbers wherever clients look for numbers, also where the provider's protocol knows none of them.
    expect(chat.usage).toMatchObject({
      completion_tokens: MAX_TOKENS,
      total_tokens: (chat.usage?.prompt_tokens ?? 0) + MAX_TOKENS,
      prompt_tokens_details: {
        cached_tokens: expect.any(Number),
        audio_tokens: expect.any(Number),
        cache_write_tokens: expect.any(Number),
      },
      completion_tokens_details: {
        reasoning_tokens: expect.any(Number),
        audio_tokens: expect.any(Number),
        accepted_prediction_tokens: expect.any(Number),
        rejected_prediction_tokens: expect.any(Number),
      },
    });
    const message = await claude.messages.create({ model, messages, max_tokens: MAX_TOKENS });
    expect(message).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: MAX_TOKENS } });
    const response = await client.responses.create({ model, input: QUESTION, max_output_tokens: MAX_TOKENS });
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      usage: { output_tokens: MAX_TOKENS },
    });
  });

  it("a streamed call, and an answer to its result", async () => {
    const { client, claude, model } = await open();
    const tools = [{ type: "function" as const, function: { ...WEATHER, parameters } }];
    const asked = { model, messages, tools, max_tokens: 300 };
    const call = await client.chat.completions
      .stream({ ...asked, tool_choice: "required" })
      .finalChatCompletion();
    expect(call.choices[0]?.finish_reason).toBe("tool_calls");
    const [first] = call.choices[0]?.message.tool_calls ?? [];
    const answer = await client.chat.completions.create({
      ...asked,
      messages: [
        ...messages,
        { role: "assistant", content: null, tool_calls: first ? [first] : [] },
        { role: "tool", tool_call_id: first?.id ?? "", content: "Rain in Riga." },
      ],
    });
    expect(answer.choices[0]?.message.content).toMatch(SIMULATED);
    expect(lastSent()).toContain("Rain in Riga.");

    const { name, description } = WEATHER;
    const wanted = {
      model,
      messages,
      max_tokens: 300,
      tools: [{ name, description, input_schema: parameters }],
    };
    const used = await claude.messages.stream({ ...wanted, tool_choice: { type: "any" } }).finalMessage();
    expect(used.stop_reason).toBe("tool_use");
    const block = used.content.find((part) => part.type === "tool_use");
    await claude.messages.create({
      ...wanted,
      messages: [
        ...messages,
        { role: "assistant", content: used.content },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: block?.id ?? "", content: "Snow in Riga." }],
        },
      ],
    });
    expect(lastSent()).toContain("Snow in Riga.");
  });

  it("thinking: told in every client's own place, and counted once", async () => {
    const { client, claude, model } = await open();
    fixture.simulator.control({ reasoningTokens: 16, outputTokens: 12 });
    const chat = await client.chat.completions
      .stream({ model, messages, reasoning_effort: "low", max_tokens: 4_000 })
      .finalChatCompletion();
    expect(chat.choices[0]?.message.content).toMatch(/\S/);
    expect(chat.usage?.completion_tokens).toBeGreaterThanOrEqual(12);
    const message = await claude.messages.create({
      ...{ model, messages, max_tokens: 4_000 },
      thinking: { type: "enabled", budget_tokens: 1_024 },
    });
    expect(message.usage.output_tokens).toBe(chat.usage?.completion_tokens);
    const response = await client.responses.create({ model, input: QUESTION, reasoning: { effort: "low" } });
    expect(response.usage?.output_tokens).toBe(chat.usage?.completion_tokens);
    // Which wire shows its thinking is the provider's affair; what is shown to one client is shown to all.
    const said = chat.choices[0]?.message as { reasoning_content?: string } | undefined;
    const isShown = message.content.some((part) => part.type === "thinking");
    expect((said?.reasoning_content ?? "") !== "").toBe(isShown);
  });
});
