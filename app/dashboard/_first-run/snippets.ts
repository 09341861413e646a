/** What a reader may have to install first, and the program, both complete and filled in. */
export interface Snippet {
  readonly id: string;
  readonly label: string;
  readonly language: "bash" | "python" | "typescript";
  /** A command that installs what the program needs; null when nothing is. */
  readonly install: string | null;
  readonly code: string;
}

export interface SnippetValues {
  /** With the version part: `https://host/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** `author/slug`. */
  readonly model: string;
}

/** Stands in for a key that is not shown any more. */
export const KEY_PLACEHOLDER = "YOUR_API_KEY";
const PROMPT = "Say hello in one sentence.";

/** The first request in the five ways that people call models. */
export function toSnippets({ baseUrl, apiKey, model }: SnippetValues): readonly Snippet[] {
  return [
    {
      id: "curl",
      label: "curl",
      language: "bash",
      install: null,
      code: `curl -N ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${apiKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "${model}",
    "stream": true,
    "messages": [{"role": "user", "content": "${PROMPT}"}]
  }'`,
    },
    {
      id: "python",
      label: "Python",
      language: "python",
      install: "pip install openai",
      code: `from openai import OpenAI

client = OpenAI(
    base_url="${baseUrl}",
    api_key="${apiKey}",
)

stream = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "${PROMPT}"}],
    stream=True,
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

const client = new OpenAI({
  baseURL: "${baseUrl}",
  apiKey: "${apiKey}",
});

const stream = await client.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "${PROMPT}" }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`,
    },
    {
      id: "ai-sdk",
      label: "AI SDK",
      language: "typescript",
      install: "npm install ai @ai-sdk/openai-compatible",
      code: `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";

const deeptoken = createOpenAICompatible({
  name: "deeptoken",
  baseURL: "${baseUrl}",
  apiKey: "${apiKey}",
  includeUsage: true,
});

const { textStream } = streamText({
  model: deeptoken("${model}"),
  prompt: "${PROMPT}",
});
for await (const text of textStream) process.stdout.write(text);`,
    },
    {
      id: "langchain",
      label: "LangChain",
      language: "python",
      install: "pip install langchain-openai",
      code: `from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url="${baseUrl}",
    api_key="${apiKey}",
    model="${model}",
)
for chunk in model.stream("${PROMPT}"):
    print(chunk.content, end="", flush=True)`,
    },
  ];
}
