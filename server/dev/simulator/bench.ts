import type { IncomingMessage, ServerResponse } from "node:http";
import { simulatedPieces } from "./prose";

/** Tokens of the benchmark's fixed answer, and of the prompt that it reports. */
const OUTPUT_TOKENS = 32;
const PROMPT_TOKENS = 20;
const STREAMED = Buffer.from('"stream":true');

/**
 * Answers every chat request with the same bytes, built once: for load tests, where the simulator must cost next to
 * nothing. Usage is the token count of those bytes, and is always sent.
 */
export function createBenchHandler(): (request: IncomingMessage, response: ServerResponse) => void {
  const { json, stream } = fixedAnswers();
  const jsonHeaders = ["content-type", "application/json", "content-length", String(json.length)];
  const streamHeaders = ["content-type", "text/event-stream", "content-length", String(stream.length)];
  return (request, response) => {
    let isStream = false;
    request.on("data", (bytes: Buffer) => {
      isStream ||= bytes.includes(STREAMED);
    });
    request.on("end", () => {
      if (isStream) response.writeHead(200, streamHeaders).end(stream);
      else response.writeHead(200, jsonHeaders).end(json);
    });
  };
}

function fixedAnswers(): { json: Buffer; stream: Buffer } {
  const pieces = simulatedPieces(1, OUTPUT_TOKENS);
  const frame = { id: "chatcmpl-sim-bench", created: 1_750_000_000, model: "simulated" };
  const usage = {
    prompt_tokens: PROMPT_TOKENS,
    completion_tokens: OUTPUT_TOKENS,
    total_tokens: PROMPT_TOKENS + OUTPUT_TOKENS,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
  const message = { role: "assistant", content: pieces.join("") };
  const json = {
    ...frame,
    object: "chat.completion",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage,
  };
  const chunk = (delta: unknown, finishReason: string | null) => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const chunks = [
    chunk({ role: "assistant", content: "" }, null),
    ...pieces.map((piece) => chunk({ content: piece }, null)),
    chunk({}, "stop"),
    { choices: [], usage },
  ];
  const events = chunks.map(
    (part) => `data: ${JSON.stringify({ ...frame, object: "chat.completion.chunk", ...part })}\n\n`,
  );
  return {
    json: Buffer.from(JSON.stringify(json)),
    stream: Buffer.from(`${events.join("")}data: [DONE]\n\n`),
  };
}
