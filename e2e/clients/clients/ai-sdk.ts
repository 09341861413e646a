import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { generateText, jsonSchema, type LanguageModel, Output, streamText, tool } from "ai";
import {
  ANSWER_SCHEMA,
  type Client,
  MAX_TOKENS,
  PIXEL,
  QUESTION,
  refusalOf,
  type Target,
  toRefusal,
  WEATHER,
} from "../client";

const weather = tool({
  description: WEATHER.description,
  inputSchema: jsonSchema<{ city: string }>({ ...WEATHER.parameters, required: ["city"] }),
});
const output = Output.object({
  schema: jsonSchema<{ simulated: boolean; answer: string }>({
    ...ANSWER_SCHEMA,
    required: ["simulated", "answer"],
  }),
});

/** The AI SDK with one of its providers. */
function aiSdk(packageName: string, open: (target: Target) => LanguageModel): Client {
  const ask = (target: Target) => ({
    model: open(target),
    prompt: QUESTION,
    maxRetries: 0,
    maxOutputTokens: MAX_TOKENS,
  });
  const client: Client = {
    name: `ai + ${packageName}`,
    packageName,
    text: async (target) => (await generateText(ask(target))).text,
    async stream(target) {
      let text = "";
      for await (const part of streamText(ask(target)).fullStream) {
        if (part.type === "error") throw part.error;
        if (part.type === "text-delta") text += part.text;
      }
      return text;
    },
    async tool(target) {
      const { toolCalls } = await generateText({
        ...ask(target),
        tools: { weather },
        toolChoice: "required",
      });
      const [call] = toolCalls;
      if (!call) throw new Error("no call");
      return { name: call.toolName, input: call.input };
    },
    schema: async (target) => (await generateText({ ...ask(target), output })).output,
    async image(target) {
      const { prompt: text, ...rest } = ask(target);
      const image = `data:image/png;base64,${PIXEL}`;
      const content = [
        { type: "text" as const, text },
        { type: "image" as const, image },
      ];
      return (await generateText({ ...rest, messages: [{ role: "user", content }] })).text;
    },
    async abort(target) {
      const controller = new AbortController();
      const { textStream } = streamText({ ...ask(target), abortSignal: controller.signal });
      for await (const _piece of textStream) {
        controller.abort();
        break;
      }
    },
    error: async (target) => toRefusal(await refusalOf(() => client.text(target))),
  };
  return client;
}

export const AI_SDK: readonly Client[] = [
  aiSdk("@ai-sdk/openai", ({ baseUrl: baseURL, apiKey, model }) => createOpenAI({ baseURL, apiKey })(model)),
  aiSdk("@ai-sdk/anthropic", ({ baseUrl: baseURL, apiKey, model }) =>
    createAnthropic({ baseURL, apiKey })(model),
  ),
  aiSdk("@ai-sdk/openai-compatible", ({ baseUrl: baseURL, apiKey, model }) =>
    createOpenAICompatible({ name: "deeptoken", baseURL, apiKey, supportsStructuredOutputs: true })(model),
  ),
  aiSdk("@openrouter/ai-sdk-provider", ({ baseUrl: baseURL, apiKey, model }) =>
    createOpenRouter({ baseURL, apiKey })(model),
  ),
];
