import { type ChildProcess, spawn } from "node:child_process";
import { ANSWER_SCHEMA, type Client, MAX_TOKENS, PIXEL, QUESTION, type Target, WEATHER } from "../client";

const messages = [{ role: "user", content: QUESTION }];

function start({ baseUrl, apiKey, model }: Target, body: object): ChildProcess {
  const sent = JSON.stringify({ model, messages, max_tokens: MAX_TOKENS, ...body });
  const headers = [`Authorization: Bearer ${apiKey}`, "Content-Type: application/json"];
  const options = ["-sS", "-N", ...headers.flatMap((header) => ["-H", header])];
  return spawn("curl", [...options, "-w", "\n%{http_code}", "-d", sent, `${baseUrl}/chat/completions`]);
}

/** All that curl printed: the body, and the status on a line of its own. */
async function run(target: Target, body: object): Promise<{ text: string; status: number }> {
  const curl = start(target, body);
  let printed = "";
  curl.stdout?.on("data", (bytes: Buffer) => {
    printed += bytes.toString("utf8");
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    curl.once("error", reject);
    curl.once("close", resolve);
  });
  if (code !== 0) throw new Error(`curl ended with ${code}`);
  const at = printed.lastIndexOf("\n");
  return { text: printed.slice(0, at), status: Number(printed.slice(at + 1)) };
}

interface Completion {
  readonly choices: readonly {
    readonly message: {
      readonly content: string;
      readonly tool_calls?: readonly { readonly function: { name: string; arguments: string } }[];
    };
  }[];
}

async function ask(target: Target, body: object = {}) {
  const { text } = await run(target, body);
  return (JSON.parse(text) as Completion).choices[0]?.message;
}

export const curl: Client = {
  name: "curl",
  packageName: null,
  text: async (target) => (await ask(target))?.content ?? "",
  async stream(target) {
    const { text } = await run(target, { stream: true });
    if (!text.trimEnd().endsWith("data: [DONE]")) throw new Error("the stream has no end");
    const chunks = [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json = "{}"]) => JSON.parse(json));
    return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  },
  async tool(target) {
    const tools = [{ type: "function", function: WEATHER }];
    const call = (await ask(target, { tools, tool_choice: "required" }))?.tool_calls?.[0]?.function;
    return { name: call?.name ?? "", input: JSON.parse(call?.arguments ?? "null") };
  },
  async schema(target) {
    const json_schema = { name: "answer", schema: ANSWER_SCHEMA };
    const message = await ask(target, { response_format: { type: "json_schema", json_schema } });
    return JSON.parse(message?.content ?? "");
  },
  async image(target) {
    const content = [
      { type: "text", text: QUESTION },
      { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
    ];
    return (await ask(target, { messages: [{ role: "user", content }] }))?.content ?? "";
  },
  async abort(target) {
    const begun = start(target, { stream: true });
    const closed = new Promise((resolve) => begun.once("close", resolve));
    await new Promise((resolve) => begun.stdout?.once("data", resolve));
    begun.kill();
    await closed;
  },
  async error(target) {
    const { text, status } = await run(target, {});
    return { status, message: (JSON.parse(text) as { error: { message: string } }).error.message };
  },
};
