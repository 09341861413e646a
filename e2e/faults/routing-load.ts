import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, request } from "undici";

/** Somebody who is asked for chat completions. */
export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  readonly isStream: boolean;
}

/** How a client saw one request. */
export interface Seen {
  /** Answered to its end, with a finish reason and without an error inside. */
  readonly isGood: boolean;
  readonly status: number | null;
  readonly durationMs: number;
  /** Bytes of an answer had come before it broke. */
  readonly hadContent: boolean;
}

const ANSWER_TIMEOUT_MS = 30_000;

async function ask(agent: Agent, { url, headers, model, isStream }: Asked): Promise<Seen> {
  const startedAt = performance.now();
  let status: number | null = null;
  let text = "";
  try {
    const answer = await request(`${url}/v1/chat/completions`, {
      method: "POST",
      dispatcher: agent,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({
        model,
        messages: [{ role: "user", content: "Is anybody there?" }],
        max_tokens: 64,
        stream: isStream,
      }),
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
    });
    status = answer.statusCode;
    for await (const chunk of answer.body) text += String(chunk);
  } catch {
    // Broken off: what had come until then is judged.
  }
  const hasError = /"error"\s*:\s*\{/.test(text);
  return {
    isGood:
      status === 200 &&
      !hasError &&
      (!isStream || text.includes("[DONE]")) &&
      /"finish_reason"\s*:\s*"/.test(text),
    status,
    durationMs: performance.now() - startedAt,
    hadContent: text.includes('"content"'),
  };
}

interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/** An open loop: so many requests a second for so long, however slowly they are answered. */
export async function load(agent: Agent, asked: Asked, { perSecond, seconds }: Pace): Promise<Loaded> {
  const total = Math.round(perSecond * seconds);
  const startedAt = performance.now();
  const answers: Promise<Seen>[] = [];
  for (let sent = 0; sent < total; sent += 1) {
    const waitMs = startedAt + (sent * 1_000) / perSecond - performance.now();
    if (waitMs > 1) await sleep(waitMs);
    answers.push(ask(agent, asked));
  }
  const sendingSeconds = (performance.now() - startedAt) / 1_000;
  return { seen: await Promise.all(answers), sentPerSecond: total / sendingSeconds };
}

export interface Loaded {
  readonly seen: readonly Seen[];
  /** What the loop came to: less than was asked for when the machine is too busy to send. */
  readonly sentPerSecond: number;
}

export interface Summary {
  readonly requests: number;
  /** 0 to 1 */
  readonly goodShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function summarize(seen: readonly Seen[]): Summary {
  const times = seen.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  const good = seen.filter(({ isGood }) => isGood).length;
  return { requests: seen.length, goodShare: good / seen.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}
