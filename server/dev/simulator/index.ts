import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createBenchHandler } from "./bench";
import { deliver } from "./deliver";
import { createJournal, type Journal, type ReceivedRequest } from "./journal";
import { seedOf } from "./prose";

import { createProtocols } from "./protocols";

import { openaiChat } from "./protocols/openai-chat";
import { readRecording, replay } from "./recordings";
import { parseJson, type ReceivedBody, readRequestBody } from "./request-body";
import {
  controlSchema,
  createScenarioQueues,
  type Scenario,
  type ScenarioQueues,
  type Target,
} from "./scenario";
import { type Protocol, ProtocolError } from "./script";

export type { Scenario };

export interface Simulator {
  /** Base URL as a provider's is written: ends with `/v1`. */
  readonly baseUrl: string;
  /** Where the control interface is: `/__control`, `/__requests`, `/__reset`. */
  readonly url: string;
  /** Replaces the scenario queue of a target; of every request when no target is named. */
  control(scenarios: Scenario | Scenario[], target?: Target): void;
  /** What was received since the last reset, oldest first. */
  requests(): ReceivedRequest[];
  /** Back to the defaults, with nothing received. */
  reset(): void;
  close(): Promise<void>;
}
/** What `GET /v1/models` names; any other name is answered as well. */
const MODELS = ["simulated-small", "simulated-large"];

/**
 * An HTTP server that answers like a model provider: deterministic, with true token counts, and with faults on demand.
 * @param options.port 0 for any free one
 * @param options.defaults the pace and faults of requests that no scenario is queued for
 * @param options.bench fixed answers, nothing recorded, no scenarios: for load tests
 */
export async function startSimulator(
  options: { port?: number; defaults?: Scenario; bench?: boolean } = {},
): Promise<Simulator> {
  const queues = createScenarioQueues(options.defaults ?? {});
  const journal = createJournal();
  const reset = () => {
    queues.reset();
    journal.reset();
  };
  const parts = { queues, journal, reset, protocols: createProtocols() };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    handle(parts, request, response).catch((reason: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, JSON.stringify({ error: { message: String(reason) } }));
    });
  };
  const server = createServer(
    { keepAliveTimeout: 75_000, requestTimeout: 0 },
    options.bench ? createBenchHandler() : answer,
  );
  await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    baseUrl: `${url}/v1`,
    control: (scenarios, target = {}) => queues.set({ ...target, scenarios: [scenarios].flat() }),
    requests: journal.list,
    reset,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  readonly queues: ScenarioQueues;
  readonly journal: Journal;
  readonly reset: () => void;
  readonly protocols: readonly Protocol[];
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const received = await readRequestBody(request);
  if (path.startsWith("/__")) return answerControl(parts, path, received.text, response);
  const method = request.method ?? "";
  const protocol = parts.protocols.find(
    (candidate) => (candidate.method ?? "POST") === method && isPathOf(candidate, path),
  );
  if (protocol) return answerProtocol(parts, protocol, { request, response, path, received });
  if (path.endsWith("/models")) return sendJson(response, 200, modelList());
  sendJson(response, 404, openaiChat.error(404, `Unknown request: ${method} ${path}`));
}

function isPathOf(protocol: Protocol, path: string): boolean {
  return typeof protocol.path === "string" ? path.endsWith(protocol.path) : protocol.path.test(path);
}

function answerControl(parts: Parts, path: string, text: string, response: ServerResponse): void {
  const { status, body } = runControl(parts, path, text);
  sendJson(response, status, JSON.stringify(body));
}

function runControl(parts: Parts, path: string, text: string): { status: number; body: unknown } {
  if (path === "/__requests") return { status: 200, body: parts.journal.list() };
  if (path === "/__reset") {
    parts.reset();
    return { status: 200, body: {} };
  }
  const control = path === "/__control" ? controlSchema.safeParse(parseJson(text)) : null;
  if (!control?.success) return { status: 400, body: { error: control?.error.issues ?? "unknown path" } };
  parts.queues.set(control.data);
  return { status: 200, body: {} };
}

async function answerProtocol(
  { queues, journal }: Parts,
  protocol: Protocol,
  call: { request: IncomingMessage; response: ServerResponse; path: string; received: ReceivedBody },
): Promise<void> {
  const { request, response, path, received } = call;
  const { body, files, text } = received;
  const model = protocol.model?.(path) ?? modelOf(body);
  const provider = /^\/(.+)\/v1\//.exec(path)?.[1] ?? "";
  journal.add(request, response, { path, provider, model, body: body ?? text });
  const scenario = queues.take({ model, provider });
  if (scenario.latencyMs) await sleep(scenario.latencyMs);
  if (scenario.fault === "connection-lost") return void request.socket.destroy();
  if (scenario.fault?.startsWith("status:")) return refuse(response, protocol, scenario);
  if (scenario.recording) return replay(response, readRecording(scenario.recording), scenario);
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  try {
    const id = seedOf(text + path).toString(36);
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const url = `http://${request.headers.host}`;
    const asked = { id, nowSeconds, path, url, header, body, files, scenario };
    await deliver(response, await protocol.answer(asked), scenario);
  } catch (reason) {
    if (!(reason instanceof ProtocolError)) throw reason;
    sendJson(response, reason.status, protocol.error(reason.status, reason.message));
  }
}

function refuse(response: ServerResponse, protocol: Protocol, scenario: Scenario): void {
  const status = Number(scenario.fault?.slice("status:".length));
  if (scenario.retryAfterSeconds !== undefined) response.setHeader("retry-after", scenario.retryAfterSeconds);
  const message = scenario.errorMessage ?? `The simulated upstream answered with status ${status}.`;
  sendJson(response, status, protocol.error(status, message));
}

function modelList(): string {
  const data = MODELS.map((id) => ({ id, object: "model", created: 0, owned_by: "simulator" }));
  return JSON.stringify({ object: "list", data });
}

function modelOf(body: unknown): string {
  return typeof body === "object" && body !== null && "model" in body ? String(body.model) : "";
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
