import type { CodeSample } from "@/app/_ui/code-tabs";

/**
 * One thing in several languages. `BASE_URL` and `ORIGIN` stand for this installation; the key comes from the environment
 * variable `DEEPTOKEN_API_KEY`. Every sample of every set is run by `e2e/clients/docs-samples.test.ts`.
 */
export interface SampleSet {
  /** What the tabs are of, for screen readers and for the Markdown twin of the page. */
  readonly label: string;
  readonly samples: readonly CodeSample[];
}

/** How a program reads the reader's key. */
export const KEY_IN = {
  bash: "$DEEPTOKEN_API_KEY",
  python: 'os.environ["DEEPTOKEN_API_KEY"]',
  typescript: "process.env.DEEPTOKEN_API_KEY",
} as const;

/** The code with the addresses of an installation in it. Whole words only: names of variables end in the same letters. */
export function fillIn(code: string, baseUrl: string): string {
  return code.replaceAll(/\bBASE_URL\b/g, baseUrl).replaceAll(/\bORIGIN\b/g, new URL(baseUrl).origin);
}

export const curl = (code: string): CodeSample => ({
  id: "curl",
  label: "curl",
  language: "bash",
  install: null,
  code,
});

export const python = (code: string): CodeSample => ({
  id: "python",
  label: "Python",
  language: "python",
  install: "pip install openai",
  code: `import os

from openai import OpenAI

client = OpenAI(base_url="BASE_URL", api_key=os.environ["DEEPTOKEN_API_KEY"])

${code}`,
});

export const node = (code: string): CodeSample => ({
  id: "node",
  label: "Node",
  language: "typescript",
  install: "npm install openai",
  code: `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "BASE_URL", apiKey: process.env.DEEPTOKEN_API_KEY });

${code}`,
});

export const aiSdk = (code: string, imports = "generateText"): CodeSample => ({
  id: "ai-sdk",
  label: "AI SDK",
  language: "typescript",
  install: "npm install ai @ai-sdk/openai-compatible",
  code: `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ${imports} } from "ai";

const deeptoken = createOpenAICompatible({
  name: "deeptoken",
  baseURL: "BASE_URL",
  apiKey: process.env.DEEPTOKEN_API_KEY,
  includeUsage: true,
  supportsStructuredOutputs: true,
});

${code}`,
});
