// Harm prevented: an operator who sees nothing of what fails, or telemetry that carries prompts and secrets away.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Customer, type Ground, MODEL, startGround, USD, until } from "./ground";

const TOKEN = "a token of the telemetry test";
const SECRET_PROMPT = "canary-prompt-7f3a";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let collector: Server;
let ground: Ground;
let customer: Customer;
const bodies: string[] = [];

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  ground = await startGround({
    env: {
      METRICS_TOKEN: TOKEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "100",
    },
  });
  customer = ground.customer(5n * USD);
});
afterAll(async () => {
  await ground.stop();
  collector.close();
});

function spans(): ReceivedSpan[] {
  return bodies.flatMap((body) => {
    const { resourceSpans = [] } = JSON.parse(body) as {
      resourceSpans?: { scopeSpans: { spans: ReceivedSpan[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  });
}

const attribute = (span: ReceivedSpan | undefined, key: string) =>
  Object.values(span?.attributes.find((one) => one.key === key)?.value ?? {})[0];

async function metrics(): Promise<string> {
  const answer = await fetch(`${ground.stack.url}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status).toBe(200);
  return answer.text();
}

it("tells traces and metrics of a request, below the caller's own trace, and neither prompt nor key", async () => {
  const stream = await customer
    .client()
    .chat.completions.create(
      { model: MODEL, messages: [{ role: "user", content: SECRET_PROMPT }], stream: true },
      { headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } },
    );
  let usage: { prompt_tokens: number; completion_tokens: number } | null = null;
  for await (const chunk of stream) usage = chunk.usage ?? usage;
  await expect(
    customer
      .client()
      .chat.completions.create({ model: "no/such", messages: [{ role: "user", content: SECRET_PROMPT }] }),
  ).rejects.toMatchObject({ status: 404 });

  await until(() => spans().some(({ name }) => name === `chat ${MODEL}`));
  const ofRequest = spans().find(({ name }) => name === `chat ${MODEL}`);
  const ofAnswer = spans().find(({ spanId }) => spanId === ofRequest?.parentSpanId);
  expect(ofAnswer).toMatchObject({ name: "POST /chat/completions", traceId: TRACE });
  expect(ofRequest?.traceId).toBe(TRACE);
  expect(attribute(ofRequest, "gen_ai.operation.name")).toBe("chat");
  expect(attribute(ofRequest, "gen_ai.request.model")).toBe(MODEL);
  expect(Number(attribute(ofRequest, "gen_ai.usage.input_tokens"))).toBe(usage?.prompt_tokens);
  expect(Number(attribute(ofRequest, "gen_ai.usage.output_tokens"))).toBe(usage?.completion_tokens);
  expect(Number(attribute(ofRequest, "gateway.cost_usd"))).toBeGreaterThan(0);

  const told = await metrics();
  expect(told).toMatch(
    /gateway_http_requests_total\{route="\/chat\/completions",method="POST",status="200"\} 1/,
  );
  expect(told).toMatch(
    /gateway_http_requests_total\{route="\/chat\/completions",method="POST",status="404"\} 1/,
  );
  expect(told).toMatch(/gateway_admissions_total\{verdict="admitted"\} 1/);
  expect(told).toMatch(
    /gateway_requests_settled_total\{model="openai\/gpt-4.1-mini",provider="[\w-]+",outcome="succeeded"\} 1/,
  );
  const [keySecret = ""] = customer.apiKey.split("_").slice(-1);
  for (const text of [told, ...bodies]) {
    expect(text).not.toContain(SECRET_PROMPT);
    expect(text).not.toContain(keySecret);
    expect(text).not.toContain(customer.organizationId);
  }
});

it("shows metrics to nobody without the token", async () => {
  expect((await fetch(`${ground.stack.url}/metrics`)).status).toBe(401);
  const wrong = { authorization: `Bearer ${"x".repeat(TOKEN.length)}` };
  expect((await fetch(`${ground.stack.url}/metrics`, { headers: wrong })).status).toBe(401);
});
