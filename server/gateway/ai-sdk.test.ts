import { createOpenAI } from "@ai-sdk/openai";
import { generateObject, generateText, stepCountIs, streamText, tool } from "ai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

/** The AI SDK's default for OpenAI is the Responses API, with state at the server: it points at items by their ids. */
describe.each(["test/single", "test/messages", "test/responses"])("the AI SDK with %s", (model) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture("node");
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  const openai = async () => {
    const { secret } = await fixture.customer(USD);
    return createOpenAI({ apiKey: secret, baseURL: fixture.baseUrl })(model);
  };
  const tools = {
    look_up: tool({
      description: "Looks something up.",
      inputSchema: z.object({ term: z.string() }),
      execute: async () => "found it",
    }),
  };
  const thinking = { forceReasoning: true, reasoningEffort: "low", reasoningSummary: "auto" } as const;

  it.each([
    ["kept here", {}],
    ["kept by the client", { store: false, include: ["reasoning.encrypted_content" as const] }],
  ])("calls a tool and goes on, with the conversation %s, streamed and not", async (_where, options) => {
    const asked = {
      model: await openai(),
      prompt: "Please use look_up now.",
      tools,
      stopWhen: stepCountIs(3),
      maxRetries: 0,
      providerOptions: { openai: { ...thinking, ...options } },
    };
    const whole = await generateText(asked);
    expect(whole.steps.map(({ finishReason }) => finishReason)).toEqual(["tool-calls", "stop"]);
    expect(whole.text.length).toBeGreaterThan(0);
    const streamed = streamText(asked);
    await streamed.consumeStream();
    expect(await streamed.text).toBe(whole.text);
    expect((await streamed.totalUsage).outputTokens).toBe(whole.totalUsage.outputTokens);
    if (model !== "test/single") expect(await streamed.reasoningText).toBe(whole.reasoningText);
  });

  it("keeps to a schema, and reads an image", async () => {
    const schema = z.object({ simulated: z.boolean(), answer: z.string() });
    const { object } = await generateObject({ model: await openai(), prompt: "x", schema, maxRetries: 0 });
    expect(object.simulated).toBe(true);
    const image = Buffer.from("iVBORw0KGgo=", "base64");
    const seen = await generateText({
      model: await openai(),
      messages: [
        {
          role: "user",
          content: [
            { type: "image", image },
            { type: "text", text: "What is it?" },
          ],
        },
      ],
      maxRetries: 0,
    });
    expect(seen.text.length).toBeGreaterThan(0);
    expect(JSON.stringify(fixture.simulator.requests().at(-1)?.body)).toContain("iVBORw0KGgo=");
  });

  it("prevents a broken stream from looking complete", async () => {
    fixture.simulator.control({ fault: "truncate", faultAfterTokens: 3, outputTokens: 20 });
    const errors: unknown[] = [];
    const stream = streamText({
      model: await openai(),
      prompt: "Go.",
      maxRetries: 0,
      onError: ({ error }) => {
        errors.push(error);
      },
    });
    await stream.consumeStream();
    expect(await stream.finishReason).toBe("error");
    expect(errors.length).toBeGreaterThan(0);
  });
});
