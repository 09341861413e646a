import Anthropic from "@anthropic-ai/sdk";
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

const open = ({ apiKey, baseUrl }: Target) =>
  new Anthropic({ apiKey, baseURL: baseUrl.replace(/\/v1$/, ""), maxRetries: 0 });
const ask = ({ model }: Target) => ({
  model,
  max_tokens: MAX_TOKENS,
  messages: [{ role: "user" as const, content: QUESTION }],
});

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

export const anthropic: Client = {
  name: "@anthropic-ai/sdk",
  packageName: "@anthropic-ai/sdk",
  text: async (target) => textOf(await open(target).messages.create(ask(target))),
  stream: async (target) => textOf(await open(target).messages.stream(ask(target)).finalMessage()),
  async tool(target) {
    const { name, description, parameters } = WEATHER;
    const input_schema = { ...parameters, required: [...parameters.required] };
    const answer = await open(target).messages.create({
      ...ask(target),
      tools: [{ name, description, input_schema }],
      tool_choice: { type: "any" },
    });
    const call = answer.content.find((block) => block.type === "tool_use");
    if (!call) throw new Error("no call");
    return { name: call.name, input: call.input };
  },
  async schema(target) {
    const answer = await open(target).messages.create({
      ...ask(target),
      output_config: { format: { type: "json_schema", schema: { ...ANSWER_SCHEMA } } },
    });
    return JSON.parse(textOf(answer));
  },
  async image(target) {
    const source = { type: "base64" as const, media_type: "image/png" as const, data: PIXEL };
    const answer = await open(target).messages.create({
      ...ask(target),
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: QUESTION },
            { type: "image", source },
          ],
        },
      ],
    });
    return textOf(answer);
  },
  async abort(target) {
    const stream = await open(target).messages.create({ ...ask(target), stream: true });
    for await (const event of stream) if (event.type === "content_block_delta") break;
  },
  error: async (target) => toRefusal(await refusalOf(() => anthropic.text(target))),
};
