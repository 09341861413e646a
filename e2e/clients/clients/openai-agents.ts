import { Agent, OpenAIProvider, Runner, tool } from "@openai/agents";
import { z } from "zod";
import {
  type Client,
  MAX_TOKENS,
  PIXEL,
  QUESTION,
  refusalOf,
  type Target,
  toRefusal,
  WEATHER,
} from "../client";

const answer = z.object({ simulated: z.boolean(), answer: z.string() });

function open({ baseUrl: baseURL, apiKey, model }: Target) {
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ baseURL, apiKey, useResponses: true }),
    tracingDisabled: true,
  });
  const agent = { name: "Tester", model, modelSettings: { maxTokens: MAX_TOKENS } };
  return { runner, agent };
}

export const openaiAgents: Client = {
  name: "@openai/agents",
  packageName: "@openai/agents",
  async text(target) {
    const { runner, agent } = open(target);
    return String((await runner.run(new Agent(agent), QUESTION)).finalOutput);
  },
  async stream(target) {
    const { runner, agent } = open(target);
    const run = await runner.run(new Agent(agent), QUESTION, { stream: true });
    let text = "";
    for await (const piece of run.toTextStream()) text += piece;
    await run.completed;
    return text;
  },
  async tool(target) {
    const { runner, agent } = open(target);
    let input: unknown;
    const weather = tool({
      name: WEATHER.name,
      description: WEATHER.description,
      parameters: z.object({ city: z.string() }),
      execute: async (given) => {
        input = given;
        return "Rain.";
      },
    });
    const modelSettings = { ...agent.modelSettings, toolChoice: "required" as const };
    // The agent calls the tool, gives its result back, and answers: two requests.
    await runner.run(new Agent({ ...agent, modelSettings, tools: [weather] }), QUESTION);
    return { name: WEATHER.name, input };
  },
  async schema(target) {
    const { runner, agent } = open(target);
    return (await runner.run(new Agent({ ...agent, outputType: answer }), QUESTION)).finalOutput;
  },
  async image(target) {
    const { runner, agent } = open(target);
    const image = `data:image/png;base64,${PIXEL}`;
    const content = [
      { type: "input_text" as const, text: QUESTION },
      { type: "input_image" as const, image },
    ];
    return String((await runner.run(new Agent(agent), [{ role: "user", content }])).finalOutput);
  },
  async abort(target) {
    const { runner, agent } = open(target);
    const controller = new AbortController();
    const run = await runner.run(new Agent(agent), QUESTION, { stream: true, signal: controller.signal });
    for await (const _piece of run.toTextStream()) {
      controller.abort();
      break;
    }
  },
  error: async (target) => toRefusal(await refusalOf(() => openaiAgents.text(target))),
};
