import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scenario } from "./scenario";
import type { Piece, Script, StreamScript, WholeScript } from "./script";

/** Sends an answer at the scenario's pace, with its fault. Ends when the answer is out or the client is gone. */
export async function deliver(response: ServerResponse, script: Script, scenario: Scenario): Promise<void> {
  if (script.kind === "whole") await deliverWhole(response, script, scenario);
  else await deliverStream(response, script, scenario);
}

async function deliverWhole(
  response: ServerResponse,
  script: WholeScript,
  scenario: Scenario,
): Promise<void> {
  const { firstTokenMs = 0, tokenIntervalMs = 0, fault } = scenario;
  const headers = { "content-type": script.contentType ?? "application/json", ...script.headers };
  const half = script.body.slice(0, Math.floor(script.body.length / 2));
  if (fault === "headers-only") return breakAfter(response, headers, "");
  await pause(response, firstTokenMs + tokenIntervalMs * Math.max(0, script.tokens - 1));
  switch (fault) {
    case "half-chunk":
      return breakAfter(response, headers, half);
    case "truncate":
      response.writeHead(200, headers).end(half);
      return;
    case "hang":
      if (scenario.faultAfterTokens === undefined) return;
      response.writeHead(200, headers).write(half);
      return;
    case "endless":
      response.writeHead(200, headers).write(half);
      return endlessly(response, ["x"], tokenIntervalMs);
    case "error-event":
      response.writeHead(200, headers).end(script.failure);
      return;
    default:
      response
        .writeHead(script.status, { ...headers, "content-length": Buffer.byteLength(script.body) })
        .end(script.body);
  }
}

async function deliverStream(
  response: ServerResponse,
  script: StreamScript,
  scenario: Scenario,
): Promise<void> {
  const { firstTokenMs = 0, tokenIntervalMs = 0, fault } = scenario;
  const headers = {
    "content-type": script.contentType ?? "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  if (fault === "hang" && scenario.faultAfterTokens === undefined) return;
  if (fault === "headers-only") return breakAfter(response, headers, "");
  response.writeHead(200, headers);
  response.flushHeaders();
  await pause(response, firstTokenMs);
  const isFailingEarly = fault === "error-event" && scenario.faultAfterTokens === undefined;
  if (!isFailingEarly) await send(response, script.opening);
  await sendPaced(response, script.events.slice(0, eventsBeforeFault(script, scenario)), tokenIntervalMs);
  switch (fault) {
    case "half-chunk":
      return breakAfter(response, null, script.closing.slice(0, 20));
    case "truncate":
      response.end();
      return;
    case "hang":
      return;
    case "error-event":
      response.end(script.failure);
      return;
    case "endless":
      return endlessly(response, script.events, tokenIntervalMs);
    default:
      response.end(script.closing);
  }
}

function eventsBeforeFault({ events }: StreamScript, { fault, faultAfterTokens }: Scenario): number {
  if (fault === "error-event" || fault === "hang") return faultAfterTokens ?? 0;
  if (fault === "half-chunk" || fault === "truncate")
    return faultAfterTokens ?? Math.floor(events.length / 2);
  return events.length;
}

async function sendPaced(
  response: ServerResponse,
  events: readonly Piece[],
  intervalMs: number,
): Promise<void> {
  if (intervalMs === 0)
    return send(response, Buffer.concat(events.map((event) => Buffer.from(event as string))));
  for (const [position, event] of events.entries()) {
    if (position > 0) await pause(response, intervalMs);
    if (response.destroyed) return;
    await send(response, event);
  }
}

async function endlessly(
  response: ServerResponse,
  events: readonly Piece[],
  intervalMs: number,
): Promise<void> {
  for (let position = 0; !response.destroyed; position += 1) {
    await send(response, events[position % events.length] ?? "");
    await pause(response, Math.max(1, intervalMs));
  }
}

/** Sends some bytes for certain, then breaks the connection. */
async function breakAfter(
  response: ServerResponse,
  headers: Record<string, string> | null,
  text: Piece,
): Promise<void> {
  if (headers) response.writeHead(200, headers).flushHeaders();
  await new Promise<void>((resolve) => {
    if (text.length === 0) setImmediate(resolve);
    else response.write(text, () => resolve());
  });
  response.socket?.end();
  response.socket?.destroySoon();
}

/** Writes; waits while a slow client has more than enough. */
async function send(response: ServerResponse, text: Piece): Promise<void> {
  if (text.length === 0 || response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

async function pause(response: ServerResponse, milliseconds: number): Promise<void> {
  if (milliseconds > 0 && !response.destroyed) await sleep(milliseconds);
}
