// Harm prevented: a client that is pointed to the second base URL and finds an endpoint missing there, or another answer.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INFERENCE_OUTLINE } from "@/server/management/inference-outline";
import { type Customer, type Ground, MODEL, startGround, USD } from "./ground";

const BASES = ["/v1", "/api/v1"] as const;
type Base = (typeof BASES)[number];
type NameOf<Row> = Row extends readonly [infer Path extends string, infer Method extends string, string]
  ? `${Uppercase<Method>} ${Path}`
  : never;
type Endpoint = NameOf<(typeof INFERENCE_OUTLINE)[number]>;

interface Asked {
  readonly body?: object | FormData;
  readonly query?: string;
  /** 200 unless it is said. */
  readonly status?: number;
}

const messages = [{ role: "user", content: "What is a receipt good for?" }];
const file = (name: string, type: string) => new File([new Uint8Array(9_000)], name, { type });
const form = (fields: Readonly<Record<string, string | File>>) => {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
};

/** A good request for every endpoint of the outline, so that a new one has to be named here before this passes. */
const REQUESTS: Readonly<Record<Endpoint, () => Asked>> = {
  "POST /chat/completions": () => ({ body: { model: MODEL, messages } }),
  "POST /completions": () => ({ body: { model: MODEL, prompt: "Once upon" } }),
  "POST /responses": () => ({ body: { model: MODEL, input: "Hello" } }),
  "GET /responses/{response_id}": () => ({}),
  "GET /responses/{response_id}/input_items": () => ({ query: "?limit=5" }),
  "POST /responses/{response_id}/cancel": () => ({ status: 400 }),
  "DELETE /responses/{response_id}": () => ({}),
  "POST /messages": () => ({ body: { model: MODEL, messages, max_tokens: 50 } }),
  "POST /messages/count_tokens": () => ({ body: { model: MODEL, messages } }),
  "POST /embeddings": () => ({ body: { model: "openai/text-embedding-3-small", input: "a" } }),
  "POST /moderations": () => ({ body: { input: "a" } }),
  "POST /rerank": () => ({ body: { model: "cohere/rerank-v3.5", query: "a", documents: ["a", "b"] } }),
  "POST /images/generations": () => ({
    body: { model: "openai/gpt-image-1-mini", prompt: "a", quality: "low", response_format: "url" },
  }),
  "POST /images/edits": () => ({
    body: form({ model: "openai/gpt-image-1-mini", prompt: "a", image: file("a.png", "image/png") }),
  }),
  "GET /content/{token}": () => ({}),
  "POST /videos": () => ({ body: { model: "kwaivgi/kling-v2.5-turbo-pro", prompt: "a", seconds: "5" } }),
  "GET /videos/{video_id}": () => ({}),
  "GET /videos/{video_id}/content": () => ({}),
  "DELETE /videos/{video_id}": () => ({}),
  "POST /audio/speech": () => ({ body: { model: "openai/tts-1", voice: "alloy", input: "Hello" } }),
  "POST /audio/transcriptions": () => ({
    body: form({ model: "openai/whisper-1", file: file("a.wav", "audio/wav") }),
  }),
  "POST /audio/translations": () => ({
    body: form({ model: "openai/whisper-1", file: file("a.wav", "audio/wav") }),
  }),
  "GET /models": () => ({}),
  "GET /models/{author}/{slug}": () => ({}),
  "GET /models/{author}/{slug}/endpoints": () => ({}),
  "POST /quote": () => ({ body: { model: MODEL, messages } }),
  "GET /usage": () => ({}),
  "GET /key": () => ({}),
  "GET /credits": () => ({}),
  "GET /generation": () => ({ query: "?id={generation_id}" }),
};

/** What these answer changes when a request is settled, which is shortly after its own answer. */
const OF_THE_BOOKS: readonly Endpoint[] = ["GET /usage", "GET /generation"];

/** Keys and types of an answer: its ids, times and words differ from one request to the next. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

describe.each(["node", "next"] as const)("every endpoint under both bases, %s adapter", (adapter) => {
  let ground: Ground;
  let customer: Customer;
  beforeAll(async () => {
    ground = await startGround({ adapter });
    customer = ground.customer(10n * USD);
  });
  afterAll(() => ground.stop());

  const names = new Map<Base, Map<string, string>>(BASES.map((base) => [base, new Map()]));
  const fill = (base: Base, text: string) =>
    text.replace(/\{(\w+)\}/g, (_all, name: string) => names.get(base)?.get(name) ?? MODEL);

  async function ask(base: Base, endpoint: Endpoint) {
    const [method = "", path = ""] = endpoint.split(" ");
    const { body, query = "", status = 200 } = REQUESTS[endpoint]();
    const isForm = body instanceof FormData;
    const target = fill(base, path.replace("{author}/{slug}", MODEL) + query);
    const response = await fetch(ground.stack.url + base + target, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Bearer ${customer.apiKey}`,
        ...(body && !isForm ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    expect(response.status, `${endpoint} under ${base}: ${text.slice(0, 300)}`).toBe(status);
    const type = response.headers.get("content-type");
    const answer: unknown = type?.includes("json") ? JSON.parse(text) : null;
    const generation = response.headers.get("x-generation-id");
    if (generation) names.get(base)?.set("generation_id", generation);
    const { id } = (answer ?? {}) as { id?: string };
    const token = /\/v1\/content\/([^"]+)"/.exec(text)?.[1];
    if (token) names.get(base)?.set("token", token);
    if (id && endpoint === "POST /responses") names.get(base)?.set("response_id", id);
    if (id && endpoint === "POST /videos") names.get(base)?.set("video_id", id);
    return { type, answer, headers: [...response.headers.keys()].sort() };
  }

  it.each(Object.keys(REQUESTS) as Endpoint[])("%s", async (endpoint) => {
    if (endpoint === "GET /videos/{video_id}/content") await made();
    if (OF_THE_BOOKS.includes(endpoint)) await ground.settled(customer.organizationId);
    const [first, second] = [await ask("/v1", endpoint), await ask("/api/v1", endpoint)];
    expect(second.type).toBe(first.type);
    expect(second.headers).toEqual(first.headers);
    if (endpoint === "GET /credits") {
      // The one that differs: Vercel's shape at the first, OpenRouter's at the second.
      expect(first.answer).toMatchObject({ balance: expect.any(String), total_used: expect.any(String) });
      expect(second.answer).toMatchObject({
        data: { total_credits: expect.any(Number), total_usage: expect.any(Number) },
      });
    } else expect(shapeOf(second.answer)).toEqual(shapeOf(first.answer));
  });

  /** Waits until both videos are made: a client asks as often as it likes. */
  async function made(): Promise<void> {
    for (const base of BASES)
      await expect
        .poll(async () => (await ask(base, "GET /videos/{video_id}")).answer, {
          timeout: 30_000,
          interval: 1_100,
        })
        .toMatchObject({ status: "completed" });
  }

  it("names every endpoint of the outline", () => {
    const outline = INFERENCE_OUTLINE.map(([path, method]) => `${method.toUpperCase()} ${path}`);
    expect(Object.keys(REQUESTS).sort()).toEqual([...outline].sort());
  });

  it("knows no key, and refuses in its endpoint's own shape, under both", async () => {
    for (const [path, method] of INFERENCE_OUTLINE) {
      if (/^\/(models|content)/.test(path)) continue;
      for (const base of BASES) {
        const url = ground.stack.url + base + path.replace(/[{}]/g, "");
        const response = await fetch(url, {
          method: method.toUpperCase(),
          ...(method === "post" ? { body: "{}" } : {}),
        });
        const body = (await response.json()) as { type?: string; error: { message: string } };
        expect(response.status, `${method} ${base}${path}`).toBe(401);
        expect(body.type, `${method} ${base}${path}`).toBe(
          path.startsWith("/messages") ? "error" : undefined,
        );
        expect(body.error.message).toContain("key");
      }
    }
  });

  it("charges each once, and leaves the books whole", async () => {
    await ground.settled(customer.organizationId);
    const { requests } = await ground.audit(customer);
    const paid = INFERENCE_OUTLINE.filter(
      ([path, method]) => method === "post" && !/cancel|count_tokens|quote/.test(path),
    );
    expect(requests).toBe(2 * paid.length);
  });
});
