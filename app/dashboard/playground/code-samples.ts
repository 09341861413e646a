import type { CodeSample } from "@/app/_ui/code-tabs";
import type { ChatBody } from "./request-body";

const KEY = "YOUR_API_KEY";

/** A conversation of the playground as a program, in the ways that people call models. */
export function toCodeSamples(body: ChatBody, baseUrl: string): readonly CodeSample[] {
  return [
    {
      id: "curl",
      label: "curl",
      language: "bash",
      code: `curl -N ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${KEY}" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`,
    },
    {
      id: "python",
      label: "Python",
      language: "python",
      install: "pip install openai",
      code: `from openai import OpenAI

client = OpenAI(base_url="${baseUrl}", api_key="${KEY}")

stream = client.chat.completions.create(
${Object.entries(body)
  .map(([name, value]) => `    ${name}=${toPython(value, 4)},`)
  .join("\n")}
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
    },
    {
      id: "node",
      label: "Node",
      language: "typescript",
      install: "npm install openai",
      code: `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${baseUrl}", apiKey: "${KEY}" });

const stream = await client.chat.completions.create(${JSON.stringify(body, null, 2)});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`,
    },
    {
      id: "ai-sdk",
      label: "AI SDK",
      language: "typescript",
      install: "npm install ai @ai-sdk/openai-compatible",
      code: toAiSdk(body, baseUrl),
    },
  ];
}

/** A JSON value as a Python literal. */
function toPython(value: unknown, indent: number): string {
  const inner = " ".repeat(indent + 4);
  const outer = " ".repeat(indent);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => `${inner}${toPython(item, indent + 4)},`).join("\n")}\n${outer}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{\n${entries
    .map(([name, item]) => `${inner}${JSON.stringify(name)}: ${toPython(item, indent + 4)},`)
    .join("\n")}\n${outer}}`;
}

interface Message {
  readonly role: string;
  readonly content:
    | string
    | readonly {
        readonly type: string;
        readonly text?: string;
        readonly image_url?: { readonly url: string };
      }[];
}

function toAiSdk(body: ChatBody, baseUrl: string): string {
  const messages = body.messages as readonly Message[];
  const system = messages.find(({ role }) => role === "system");
  const turns = messages.filter(({ role }) => role !== "system").map(toModelMessage);
  const format = body.response_format as { json_schema: { schema: unknown } } | undefined;
  const line = (name: string, value: unknown) =>
    value === undefined ? [] : [`  ${name}: ${JSON.stringify(value, null, 2).replaceAll("\n", "\n  ")},`];
  const effort = body.reasoning_effort && { deeptoken: { reasoningEffort: body.reasoning_effort } };
  const imports = format ? "jsonSchema, Output, streamText" : "streamText";
  return [
    'import { createOpenAICompatible } from "@ai-sdk/openai-compatible";',
    `import { ${imports} } from "ai";`,
    "",
    "const deeptoken = createOpenAICompatible({",
    '  name: "deeptoken",',
    `  baseURL: "${baseUrl}",`,
    `  apiKey: "${KEY}",`,
    "  includeUsage: true,",
    ...(format ? ["  supportsStructuredOutputs: true,"] : []),
    "});",
    "",
    "const { textStream } = streamText({",
    `  model: deeptoken(${JSON.stringify(body.model)}),`,
    ...line("system", system?.content),
    ...line("messages", turns),
    ...line("temperature", body.temperature),
    ...line("maxOutputTokens", body.max_tokens),
    ...line("providerOptions", effort || undefined),
    ...(format
      ? [
          `  output: Output.object({ schema: jsonSchema(${JSON.stringify(format.json_schema.schema, null, 2).replaceAll("\n", "\n  ")}) }),`,
        ]
      : []),
    "});",
    "for await (const text of textStream) process.stdout.write(text);",
  ].join("\n");
}

function toModelMessage({ role, content }: Message) {
  if (typeof content === "string") return { role, content };
  return {
    role,
    content: content.map((part) =>
      part.type === "text"
        ? { type: "text", text: part.text }
        : { type: "image", image: part.image_url?.url },
    ),
  };
}
