import { alertMail, type Mailer } from "@/server/mail";
import type { GuardedClient } from "@/server/platform/guarded-client";
import { type AddressRules, toWebhookUrl } from "@/server/webhooks";
import type { AlertWords } from "./words";

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024;

/** How notices leave. */
export interface TellDeps extends AddressRules {
  readonly client: GuardedClient;
  readonly mailer: Mailer;
  readonly appUrl: string;
}

/** Null: it was taken. `isFinal`: trying again changes nothing. */
export type Refusal = { readonly reason: string; readonly isFinal: boolean } | null;

/** One mail. Never throws. */
export async function tellByMail(deps: TellDeps, to: string, words: AlertWords): Promise<Refusal> {
  const { mailer, appUrl } = deps;
  if (!mailer.canSend) return { reason: "mail_not_configured", isFinal: true };
  const { label, path } = words.action;
  const mail = alertMail({
    to,
    subject: words.subject,
    lines: words.lines,
    action: { label, url: appUrl + path },
    settingsUrl: `${appUrl}/dashboard/budgets`,
  });
  return mailer.send(mail).then(
    () => null,
    () => ({ reason: "mail_server_refused", isFinal: false }),
  );
}

/** One message to an incoming webhook of Slack, or of anything that takes its `{"text": …}`. Never throws. */
export async function tellBySlack(deps: TellDeps, url: string, words: AlertWords): Promise<Refusal> {
  const { label, path } = words.action;
  const text = [
    `*${escaped(words.subject)}*`,
    ...words.lines.map(escaped),
    `<${deps.appUrl}${path}|${escaped(label)}>`,
  ].join("\n");
  try {
    const answer = await deps.client.post(toWebhookUrl(url, deps), {
      headers: { "content-type": "application/json", "user-agent": "DeepTokenInference-Alerts/1.0" },
      body: JSON.stringify({ text }),
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    if (answer.status >= 200 && answer.status < 300) return null;
    // Slack answers 4xx for a channel or an app that is gone (not 429, which asks to wait).
    const isFinal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    return { reason: `status_${answer.status}`, isFinal };
  } catch (reason) {
    const name = reason instanceof Error ? reason.name : "";
    if (name === "ForbiddenAddress") return { reason: "address_not_public", isFinal: false };
    if (name === "AppError") return { reason: "url_not_allowed", isFinal: true };
    return { reason: /Timeout|Abort/.test(name) ? "timeout" : "connection_failed", isFinal: false };
  }
}

/** Slack's three control characters; a name that somebody typed mentions nobody and links nowhere. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
