import OpenAI from "openai";
import {
  ANSWER_SCHEMA,
  type Client,
  PIXEL,
  QUESTION,
  refusalOf,
  type Target,
  toRefusal,
  WEATHER,
} from "../client";

const open = ({ apiKey, baseUrl }: Target) => new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0 });
const messages = [{ role: "user" as const, content: QUESTION }];

export const openaiChat: Client = {
  name: "openai, chat completions",
  packageName: "openai",
  async text(target) {
    const answer = await open(target).chat.completions.create({ model: target.model, messages });
    return answer.choices[0]?.message.content ?? "";
  },
  async stream(target) {
    const stream = open(target).chat.completions.stream({ model: target.model, messages });
    return (await stream.finalContent()) ?? "";
  },
  async tool(target) {
    const answer = await open(target).chat.completions.create({
      model: target.model,
      messages,
      tools: [{ type: "function", function: { ...WEATHER } }],
      tool_choice: "required",
    });
    const call = answer.choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") throw new Error("no call");
    return { name: call.function.name, input: JSON.parse(call.function.arguments) };
  },
  async schema(target) {
    const answer = await open(target).chat.completions.parse({
      model: target.model,
      messages,
      response_format: { type: "json_schema", json_schema: { name: "answer", schema: { ...ANSWER_SCHEMA } } },
    });
    return JSON.parse(answer.choices[0]?.message.content ?? "");
  },
  async image(target) {
    const url = `data:image/png;base64,${PIXEL}`;
    const answer = await open(target).chat.completions.create({
      model: target.model,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: QUESTION },
            { type: "image_url", image_url: { url } },
          ],
        },
      ],
    });
    return answer.choices[0]?.message.content ?? "";
  },
  async abort(target) {
    const stream = await open(target).chat.completions.create({
      model: target.model,
      messages,
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  },
  async error(target) {
    return toRefusal(await refusalOf(() => openaiChat.text(target)));
  },
};

export const openaiResponses: Client = {
  name: "openai, responses",
  packageName: "openai",
  async text(target) {
    return (await open(target).responses.create({ model: target.model, input: QUESTION })).output_text;
  },
  async stream(target) {
    const stream = open(target).responses.stream({ model: target.model, input: QUESTION });
    let text = "";
    stream.on("response.output_text.delta", ({ delta }) => {
      text += delta;
    });
    await stream.finalResponse();
    return text;
  },
  async tool(target) {
    const answer = await open(target).responses.create({
      model: target.model,
      input: QUESTION,
      tools: [{ type: "function", ...WEATHER, strict: false }],
      tool_choice: "required",
    });
    const call = answer.output.find((item) => item.type === "function_call");
    if (!call) throw new Error("no call");
    return { name: call.name, input: JSON.parse(call.arguments) };
  },
  async schema(target) {
    const answer = await open(target).responses.parse({
      model: target.model,
      input: QUESTION,
      text: { format: { type: "json_schema", name: "answer", schema: { ...ANSWER_SCHEMA } } },
    });
    return JSON.parse(answer.output_text);
  },
  async image(target) {
    const image_url = `data:image/png;base64,${PIXEL}`;
    const answer = await open(target).responses.create({
      model: target.model,
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: QUESTION },
            { type: "input_image", image_url, detail: "auto" },
          ],
        },
      ],
    });
    return answer.output_text;
  },
  async abort(target) {
    const stream = await open(target).responses.create({
      model: target.model,
      input: QUESTION,
      stream: true,
    });
    for await (const event of stream) if (event.type === "response.output_text.delta") break;
  },
  async error(target) {
    return toRefusal(await refusalOf(() => openaiResponses.text(target)));
  },
};
