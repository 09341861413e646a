// Harm prevented: a sample that a reader copies from the docs and that does not run.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodeSample } from "@/app/_ui/code-tabs";
import { SAMPLE_SETS } from "@/app/(site)/docs/_samples";
import { fillIn } from "@/app/(site)/docs/_samples/sample-set";
import { KEY_PLACEHOLDER, toSnippets } from "@/app/dashboard/_first-run/snippets";
import { type Customer, type Ground, startGround, USD, until } from "../faults/ground";

const run = promisify(execFile);
const FOLDER = "app/(site)/docs";
const TIMEOUT_MS = 30_000;

let ground: Ground;
let customer: Customer;
let folder: string;
beforeAll(async () => {
  ground = await startGround();
  customer = ground.customer(20n * USD);
  // Inside the repository, so that packages are found.
  mkdirSync(".data", { recursive: true });
  folder = resolve(mkdtempSync(".data/samples-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await ground.stop();
});

const baseUrl = () => `${ground.stack.url}/v1`;
const environment = () => ({ ...process.env, DEEPTOKEN_API_KEY: customer.apiKey });

async function runNode(code: string, name: string): Promise<string> {
  const file = join(folder, `${name.replace(/\W+/g, "-")}.mjs`);
  writeFileSync(file, code);
  const { stdout } = await run(process.execPath, [file], { env: environment(), timeout: TIMEOUT_MS });
  return stdout;
}

/** The sample as it is printed, with curl told to fail when it is refused. */
async function runShell(code: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const strict = code.replaceAll(/(^|\s)curl /g, "$1curl --silent --show-error --fail-with-body ");
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", strict], {
    env: { ...environment(), ...more },
    // Some write what they get into a file.
    cwd: folder,
    timeout: TIMEOUT_MS,
  });
  return stdout;
}

async function compilePython(code: string): Promise<void> {
  await run("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", code], { timeout: TIMEOUT_MS });
}

async function works({ language, code, label }: CodeSample, name: string): Promise<void> {
  const filled = fillIn(code, baseUrl());
  if (language === "python") return compilePython(filled);
  const printed = language === "bash" ? await runShell(filled) : await runNode(filled, `${name}-${label}`);
  expect(printed).toMatch(/simulated|\bcall/i);
}

describe.each(Object.entries(SAMPLE_SETS))("the samples of %s", (name, { samples }) => {
  it.each(samples.map((sample) => [sample.label, sample] as const))("%s", async (_, sample) => {
    await works(sample, name);
  });
});

describe("the quickstart", () => {
  const placeholders = { baseUrl: "BASE_URL", apiKey: KEY_PLACEHOLDER, model: "openai/gpt-4.1-mini" };
  it.each(toSnippets(placeholders).map((snippet) => [snippet.label, snippet] as const))(
    "%s",
    async (_, snippet) => {
      await works(
        { ...snippet, code: snippet.code.replaceAll(KEY_PLACEHOLDER, customer.apiKey) },
        "quickstart",
      );
    },
  );
});

/** What the pages show beside the sets: one command each. */
const PAGES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("page.mdx"))
  .flatMap((file) => {
    const source = readFileSync(join(FOLDER, file), "utf8");
    return [...source.matchAll(/<Sample\s+language="(\w+)"[\s\S]*?code=\{`((?:[^`\\]|\\.)*)`\}/g)].map(
      ([, language = "", code = ""], index) => ({
        name: `${file.replace(/\/?page\.mdx$/, "") || "overview"} ${index + 1}`,
        language,
        code: code.replace(/\\([\\`$])/g, "$1"),
      }),
    );
  });

/** Commands of an operator, a management key or another program, which have tests of their own. */
const NOT_FOR_A_KEY = /npm run operator|MANAGEMENT_KEY|claude --model/;

describe("the commands of the pages", () => {
  const commands = PAGES.filter(({ language, code }) => language === "bash" && !NOT_FOR_A_KEY.test(code));

  it("are found at all", () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  it.each(commands.map((command) => [command.name, command] as const))("%s", async (_, { code }) => {
    const printed = await runShell(fillIn(code, baseUrl()), await earlierIds(code));
    const file = /--output (\S+)/.exec(code)?.[1];
    if (file === undefined) expect(printed.length).toBeGreaterThan(1);
    else expect(statSync(join(folder, file)).size).toBeGreaterThan(1);
  });
});

/** What a command takes from an earlier one. */
async function earlierIds(code: string): Promise<Record<string, string>> {
  const client = customer.client();
  if (code.includes("$RESPONSE_ID")) {
    const { id } = await client.responses.create({
      model: "anthropic/claude-sonnet-4.5",
      input: "Three rivers.",
    });
    return { RESPONSE_ID: id };
  }
  if (code.includes("$VIDEO_ID")) {
    const { id } = await client.videos.create({ model: "kwaivgi/kling-v2.5-turbo-pro", prompt: "A river." });
    await until(async () => (await client.videos.retrieve(id)).status === "completed");
    return { VIDEO_ID: id };
  }
  if (!code.includes("$GENERATION_ID")) return {};
  await client.chat.completions.create({
    model: "openai/gpt-4.1-mini",
    messages: [{ role: "user", content: "For the receipt." }],
  });
  await ground.settled(customer.organizationId);
  const [row] = await ground.logRows(customer.organizationId);
  return { GENERATION_ID: row?.id ?? "" };
}
