import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
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

const tools = [{ type: "function", function: { ...WEATHER } }];
const schema = { title: "answer", ...ANSWER_SCHEMA };

/** LangChain with one of its integrations. */
function langchain(
  packageName: string,
  open: (target: Target) => BaseChatModel,
  toolChoice: string,
  method: "jsonSchema" | "functionCalling",
): Client {
  const client: Client = {
    name: packageName,
    packageName,
    text: async (target) => (await open(target).invoke(QUESTION)).text,
    async stream(target) {
      let text = "";
      for await (const chunk of await open(target).stream(QUESTION)) text += chunk.text;
      return text;
    },
    async tool(target) {
      const model = open(target);
      if (!model.bindTools) throw new Error("no tools");
      const { tool_calls: calls } = await model
        .bindTools(tools, { tool_choice: toolChoice } as object)
        .invoke(QUESTION);
      const [call] = calls ?? [];
      if (!call) throw new Error("no call");
      return { name: call.name, input: call.args };
    },
    schema: (target) =>
      open(target)
        .withStructuredOutput({ ...schema }, { method })
        .invoke(QUESTION),
    async image(target) {
      const content = [
        { type: "text", text: QUESTION },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ];
      return (await open(target).invoke([new HumanMessage({ content })])).text;
    },
    async abort(target) {
      for await (const chunk of await open(target).stream(QUESTION)) if (chunk.text !== "") break;
    },
    error: async (target) => toRefusal(await refusalOf(() => client.text(target))),
  };
  return client;
}

export const LANGCHAIN: readonly Client[] = [
  langchain(
    "@langchain/openai",
    ({ apiKey, model, baseUrl: baseURL }) =>
      new ChatOpenAI({ apiKey, model, maxRetries: 0, maxTokens: MAX_TOKENS, configuration: { baseURL } }),
    "required",
    "jsonSchema",
  ),
  langchain(
    "@langchain/anthropic",
    ({ apiKey, model, baseUrl }) =>
      new ChatAnthropic({
        apiKey,
        model,
        maxRetries: 0,
        maxTokens: MAX_TOKENS,
        anthropicApiUrl: baseUrl.replace(/\/v1$/, ""),
      }),
    "any",
    "jsonSchema",
  ),
];
