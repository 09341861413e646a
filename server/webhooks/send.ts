import type { Clock } from "@/server/platform/clock";
import type { GuardedClient } from "@/server/platform/guarded-client";
import type { SecretBox } from "@/server/platform/secret-box";
import { type AddressRules, toWebhookUrl } from "./address";
import type { ClaimedDelivery } from "./claim";
import { retryAfterMs } from "./schedule";
import { signatureHeaders } from "./signing";

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** What of the answer is kept to be shown. */
const SHOWN_CHARACTERS = 1_000;
const USER_AGENT = "DeepTokenInference-Webhooks/1.0";

export interface SendDeps extends AddressRules {
  readonly client: GuardedClient;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  /** Milliseconds until an attempt is given up; 15 seconds by default. */
  readonly timeoutMs?: number;
}

export type Failure =
  | "timeout"
  | "connection_failed"
  | "address_not_public"
  | "url_not_allowed"
  | "redirect"
  | "status"
  | "gone";

/** How one attempt went. `error` is null after a success. */
export interface Outcome {
  readonly error: Failure | null;
  readonly status: number | null;
  readonly answer: string | null;
  readonly retryAfterMs: number | null;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** One attempt. Never throws: whatever goes wrong is its outcome. */
export async function send(deps: SendDeps, delivery: ClaimedDelivery): Promise<Outcome> {
  const startedAtMs = deps.clock.nowMs();
  const ended = (outcome: Partial<Outcome>): Outcome => ({
    error: null,
    status: null,
    answer: null,
    retryAfterMs: null,
    startedAtMs,
    durationMs: deps.clock.nowMs() - startedAtMs,
    ...outcome,
  });
  const url = allowedUrl(delivery.url, deps);
  // A rule that came after the endpoint was saved holds for it too.
  if (url === null) return ended({ error: "url_not_allowed" });
  try {
    const secrets = [delivery.secret, delivery.previousSecret].flatMap((sealed) =>
      sealed === null ? [] : [deps.secretBox.open(sealed)],
    );
    const answer = await deps.client.post(url, {
      headers: {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        ...signatureHeaders(secrets, delivery.eventId, startedAtMs, delivery.body),
      },
      body: delivery.body,
      timeoutMs: deps.timeoutMs ?? TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    return ended({
      status: answer.status,
      error: failureOf(answer.status),
      answer: toShown(answer.body, answer.header("content-encoding")),
      retryAfterMs: retryAfterOf(answer.status, answer.header("retry-after"), deps.clock),
    });
  } catch (reason) {
    return ended({ error: causeOf(reason) });
  }
}

function allowedUrl(url: string, rules: AddressRules): string | null {
  try {
    return toWebhookUrl(url, rules);
  } catch {
    return null;
  }
}

function failureOf(status: number): Failure | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return "redirect";
  return status === 410 ? "gone" : "status";
}

function retryAfterOf(status: number, header: string | undefined, clock: Clock): number | null {
  return status === 429 || status === 503 ? retryAfterMs(header, clock.nowMs()) : null;
}

function causeOf(reason: unknown): Failure {
  const name = reason instanceof Error ? reason.name : "";
  if (name === "ForbiddenAddress") return "address_not_public";
  return /Timeout|AbortError/.test(name) ? "timeout" : "connection_failed";
}

/** Somebody else's bytes: shown as a short text of printable characters, packed ones not at all. */
function toShown(body: Buffer, encoding: string | undefined): string | null {
  if (body.length === 0) return null;
  if (encoding !== undefined && encoding !== "identity")
    return `(${body.length} bytes, ${encoding.slice(0, 20)})`;
  const text = body.subarray(0, SHOWN_CHARACTERS * 4).toString("utf8");
  return text.replace(/[^\P{C}\n]/gu, "�").slice(0, SHOWN_CHARACTERS);
}
