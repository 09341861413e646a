import type { CodeSample } from "@/app/_ui/code-tabs";
import { aiSdk, curl, node, python, type SampleSet } from "./sample-set";

const ASK = '[{"role": "user", "content": "Say hello."}]';

export const OPENAI_SDKS: SampleSet = {
  label: "OpenAI SDKs",
  samples: [
    python(`completion = client.chat.completions.create(model="openai/gpt-4.1-mini", messages=${ASK})
print(completion.choices[0].message.content)`),
    node(`const completion = await client.chat.completions.create({
  model: "openai/gpt-4.1-mini",
  messages: [{ role: "user", content: "Say hello." }],
});
console.log(completion.choices[0].message.content);`),
  ],
};

const sample = (one: CodeSample): CodeSample => one;

export const ANTHROPIC_SDKS: SampleSet = {
  label: "Anthropic SDKs",
  samples: [
    sample({
      id: "python",
      label: "Python",
      language: "python",
      install: "pip install anthropic",
      code: `import os

from anthropic import Anthropic

client = Anthropic(base_url="ORIGIN", api_key=os.environ["DEEPTOKEN_API_KEY"])
message = client.messages.create(
    model="anthropic/claude-haiku-4.5",
    max_tokens=200,
    messages=${ASK},
)
print(message.content[0].text)`,
    }),
    sample({
      id: "node",
      label: "Node",
      language: "typescript",
      install: "npm install @anthropic-ai/sdk",
      code: `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: "ORIGIN", apiKey: process.env.DEEPTOKEN_API_KEY });
const message = await client.messages.create({
  model: "anthropic/claude-haiku-4.5",
  max_tokens: 200,
  messages: [{ role: "user", content: "Say hello." }],
});
console.log(message.content[0].text);`,
    }),
  ],
};

export const AI_SDK: SampleSet = {
  label: "AI SDK",
  samples: [
    aiSdk(`const { text } = await generateText({
  model: deeptoken("anthropic/claude-haiku-4.5"),
  prompt: "Say hello.",
});
console.log(text);`),
  ],
};

export const LANGCHAIN: SampleSet = {
  label: "LangChain",
  samples: [
    sample({
      id: "python",
      label: "Python",
      language: "python",
      install: "pip install langchain-openai",
      code: `import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url="BASE_URL",
    api_key=os.environ["DEEPTOKEN_API_KEY"],
    model="openai/gpt-4.1-mini",
)
print(model.invoke("Say hello.").content)`,
    }),
    sample({
      id: "node",
      label: "Node",
      language: "typescript",
      install: "npm install @langchain/openai",
      code: `import { ChatOpenAI } from "@langchain/openai";

const model = new ChatOpenAI({
  model: "openai/gpt-4.1-mini",
  apiKey: process.env.DEEPTOKEN_API_KEY,
  configuration: { baseURL: "BASE_URL" },
});
const answer = await model.invoke("Say hello.");
console.log(answer.content);`,
    }),
  ],
};

export const LLAMAINDEX: SampleSet = {
  label: "LlamaIndex",
  samples: [
    sample({
      id: "python",
      label: "Python",
      language: "python",
      install: "pip install llama-index-llms-openai-like",
      code: `import os

from llama_index.llms.openai_like import OpenAILike

model = OpenAILike(
    model="openai/gpt-4.1-mini",
    api_base="BASE_URL",
    api_key=os.environ["DEEPTOKEN_API_KEY"],
    is_chat_model=True,
    is_function_calling_model=True,
)
print(model.complete("Say hello."))`,
    }),
  ],
};

export const LITELLM: SampleSet = {
  label: "LiteLLM",
  samples: [
    sample({
      id: "python",
      label: "Python",
      language: "python",
      install: "pip install litellm",
      code: `import os

from litellm import completion

# The first "openai/" says which protocol LiteLLM speaks; what follows is the model's name here.
answer = completion(
    model="openai/anthropic/claude-haiku-4.5",
    api_base="BASE_URL",
    api_key=os.environ["DEEPTOKEN_API_KEY"],
    messages=${ASK},
)
print(answer.choices[0].message.content)`,
    }),
  ],
};

export const CURL: SampleSet = {
  label: "curl",
  samples: [
    curl(`curl BASE_URL/chat/completions \\
  -H "Authorization: Bearer $DEEPTOKEN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "openai/gpt-4.1-mini", "messages": ${ASK}}'`),
  ],
};
